import type { Frozen, Tape } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";

/** Returns the time and seed of a recording that begins at `startedAt` (milliseconds since the epoch). */
export function freshFrozen(startedAt: number): Frozen {
  return {
    time: new Date(startedAt).toISOString(),
    seed: Math.floor((startedAt + now()) * 1000) % 4294967296,
  };
}

/**
 * Returns the time and seed of a tape. If it was recorded without `freeze`, the time of the recording is the best guess;
 * `undefined` if the tape does not have that either.
 */
export function frozenOf({ frozen, recorded }: Tape): Frozen | undefined {
  return frozen ?? (recorded && { time: recorded.at, seed: 0 });
}
