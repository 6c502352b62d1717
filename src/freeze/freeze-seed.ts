import type { Frozen, Tape } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";

/** Returns what a recording that begins at `startedAt` (milliseconds since the epoch) is frozen at. */
export function freshFrozen(startedAt: number): Frozen {
  return {
    time: new Date(startedAt).toISOString(),
    seed: Math.floor((startedAt + now()) * 1000) % 4294967296,
  };
}

/**
 * Returns what a tape was frozen at. If it was recorded without `freeze`, the time of the recording is the best guess;
 * `undefined` if the tape does not have that either.
 */
export function frozenOf({ frozen, recorded }: Tape): Frozen | undefined {
  return frozen ?? (recorded && { time: recorded.at, seed: 0 });
}
