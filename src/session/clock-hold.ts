import type { Interruption } from "./interruption.ts";

const realSetTimeout = globalThis.setTimeout;

/** After so many fake milliseconds a client that has not read on is one that does not want to. */
const LONGEST_HOLD = 20;

/**
 * Keeps a fake clock from running ahead of a client that reads from a socket. `vi.advanceTimersByTimeAsync` goes
 * through all timers that are set with little more than one turn of the event loop between them; what was given
 * to a socket takes some turns to its reader, and only then is the timer of the next chunk set. Timers of a
 * millisecond each bring those turns, until the client has read. Real timers need none of this.
 */
export class ClockHold {
  readonly #interruption: Interruption;
  #release: (() => void) | undefined;

  constructor(interruption: Interruption) {
    this.#interruption = interruption;
    interruption.alsoEnd(() => this.end());
  }

  /** Something was given to the client. */
  begin(): void {
    this.end();
    const isFake = globalThis.setTimeout !== realSetTimeout;
    if (isFake && !this.#interruption.interrupted) this.#hold(LONGEST_HOLD);
  }

  /** The client asks for more, or is gone. */
  end(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #hold(left: number): void {
    const { setTimeout, clearTimeout } = globalThis;
    const timer = setTimeout(() => {
      this.#release = undefined;
      if (left > 1) this.#hold(left - 1);
    }, 1);
    this.#release = () => clearTimeout(timer);
  }
}
