import type { Pacing } from "../modes/options.ts";

/** Paces a replay, from the moment it was made. */
export interface Pacer {
  /** Resolves when so many recorded milliseconds have passed; `undefined` where there is nothing to wait for. */
  until(recorded: number | undefined): Promise<void> | undefined;
  /** A pause that was not recorded moves everything behind it. */
  shift(ms: number): void;
}

/**
 * Waits with the timers that the test sees, so that fake timers drive it. `instant` touches no timer at all.
 * Every wait aims at its own moment, so that what timers round away does not add up.
 */
export function pacer(pacing: Pacing): Pacer {
  if (pacing === "instant") return { until: () => undefined, shift: () => undefined };
  const speed = pacing === "recorded" ? 1 : pacing;
  let start = performance.now();
  return {
    until(recorded) {
      if (recorded === undefined) return undefined;
      const rest = start + recorded / speed - performance.now();
      // Timers count whole milliseconds; what is left below one is not worth a turn.
      if (rest < 0.5) return undefined;
      return new Promise((resolve) => {
        setTimeout(resolve, Math.round(rest));
      });
    },
    shift(ms) {
      start += ms;
    },
  };
}
