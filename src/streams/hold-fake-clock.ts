import { realSetTimeout } from "../http/real-clock.ts";

/** After so many fake milliseconds whoever is waited for does not come. */
const LONGEST_HOLD = 20;

/**
 * Keeps a fake clock from running ahead of something that takes some turns of the event loop, and only then sets the
 * next timer. `vi.advanceTimersByTimeAsync` goes through all timers that are set with little more than one turn
 * between them; timers of a millisecond each bring those turns. Real timers need none of this.
 *
 * @returns ends it
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
