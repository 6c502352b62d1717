import type { Pacing } from "../options/options.ts";
import { Stopwatch } from "../streams/stopwatch.ts";
import type { CancellableDelay } from "./cancellable-delay.ts";

/** Paces one response, from the moment at which this was created. */
export interface Pacer {
  /** Resolves when `recorded` milliseconds of the recording have passed; `undefined` if there is nothing to wait for. */
  until(recorded: number | undefined): Promise<void> | undefined;
  /** Delays everything that follows by a pause that was not recorded. */
  shift(ms: number): void;
}

const INSTANT: Pacer = { until: () => undefined, shift: () => undefined };

/**
 * How far a clock may be behind the timer that has just fired: clocks have fractions, and real timers may be early by
 * less than a millisecond.
 */
const CLOCK_TOLERANCE = 1.5;

/**
 * Creates a pacer that waits with the timers and measures with the `performance.now` that the test sees, so that fake
 * ones drive it. `instant` uses neither. Every wait aims at its own moment, so rounding errors do not add up.
 */
export function createPacer(pacing: Pacing, delay: CancellableDelay): Pacer {
  if (pacing === "instant") return INSTANT;
  const speed = pacing === "recorded" ? 1 : pacing;
  const stopwatch = new Stopwatch();
  let shifted = 0;

  return {
    until(recorded) {
      if (recorded === undefined || delay.cancelled) return undefined;
      const due = recorded / speed + shifted;
      // Timers count whole milliseconds.
      const rest = Math.round(due - stopwatch.elapsed);
      if (rest < 1) return undefined;
      return delay.wait(rest).then(() => {
        // A test may fake its timers but not performance.now, or the other way round. The timers count then.
        const behind = due - stopwatch.elapsed;
        if (behind > CLOCK_TOLERANCE) stopwatch.advance(behind);
      });
    },
    shift(ms) {
      shifted += ms;
    },
  };
}
