import type { Pacing } from "../options/options.ts";
import { Stopwatch } from "../streams/stopwatch.ts";
import type { Interruption } from "./cancellable-delay.ts";

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
  const stopwatch = new Stopwatch();
  let shifted = 0;

  return {
    until(recorded) {
      if (recorded === undefined || interruption.interrupted) return undefined;
      const due = recorded / speed + shifted;
      // Timers count whole milliseconds.
      const rest = Math.round(due - stopwatch.elapsed);
      if (rest < 1) return undefined;
      return interruption.pause(rest).then(() => {
        // A test may fake its timers and leave performance.now real, or the other way round. Timers then count.
        const behind = due - stopwatch.elapsed;
        if (behind > CLOCK_TOLERANCE) stopwatch.advance(behind);
      });
    },
    shift(ms) {
      shifted += ms;
    },
  };
}
