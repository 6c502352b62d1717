import { realSetTimeout } from "../http/real-clock.ts";

/** Gives up after this many fake milliseconds. */
const LONGEST_HOLD = 20;

/**
 * Keeps a fake clock from running ahead of work that takes a few turns of the event loop before it sets its next
 * timer. `vi.advanceTimersByTimeAsync` runs all set timers with about one turn between them, so this sets a
 * timer for each millisecond. Does nothing with real timers.
 *
 * @returns a function that ends the hold
 */
export function holdFakeClock(): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  if (setTimeout === realSetTimeout) return () => undefined;
  let left = LONGEST_HOLD;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hold = (): void => {
    timer = left-- > 0 ? setTimeout(hold, 1) : undefined;
  };
  hold();
  return () => clearTimeout(timer);
}
