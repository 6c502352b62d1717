import type { Pacing } from "../modes/options.ts";
import type { Interruption } from "./interruption.ts";

/** Paces one answer, from the moment this was made. */
export interface Pacer {
  /** Resolves when so many recorded milliseconds have passed; `undefined` where there is nothing to wait for. */
  until(recorded: number | undefined): Promise<void> | undefined;
  /** A pause that was not recorded moves everything behind it. */
  shift(ms: number): void;
}

const INSTANT: Pacer = { until: () => undefined, shift: () => undefined };

/**
 * What a clock may be behind the timer that has just fired: it has fractions, and real timers may be early by
 * less than one.
 */
const CLOCK_TOLERANCE = 1.5;

/**
 * Waits with the timers and measures with the `performance.now` that the test sees, so that fake ones drive it.
 * `instant` touches neither. Every wait aims at its own moment, so that what timers round away does not add up.
 */
export function pacer(pacing: Pacing, interruption: Interruption): Pacer {
  if (pacing === "instant") return INSTANT;
  const speed = pacing === "recorded" ? 1 : pacing;
  let clock = performance.now;
  let start = performance.now();
  let shifted = 0;
  let reached = 0;

  const elapsed = (): number => {
    if (performance.now !== clock) {
      // Fake timers came or went: their clock begins anew, and the answer goes on from where it stood.
      clock = performance.now;
      start = performance.now() - reached;
    }
    return performance.now() - start;
  };

  return {
    until(recorded) {
      if (recorded === undefined || interruption.interrupted) return undefined;
      const due = recorded / speed + shifted;
      const passed = elapsed();
      reached = Math.max(reached, passed);
      // Timers count whole milliseconds.
      const rest = Math.round(due - passed);
      if (rest < 1) return undefined;
      return interruption.pause(rest).then(() => {
        reached = due;
        // A test may fake its timers and leave performance.now real, or the other way round. Timers then count.
        const behind = due - elapsed();
        if (behind > CLOCK_TOLERANCE) start -= behind;
      });
    },
    shift(ms) {
      shifted += ms;
    },
  };
}
