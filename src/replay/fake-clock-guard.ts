import { holdFakeClock } from "../streams/hold-fake-clock.ts";
import type { Interruption } from "./cancellable-delay.ts";

/**
 * Keeps a fake clock from running ahead of a client that reads from a socket: what was given to a socket takes some
 * turns of the event loop to its reader, and only then is the timer of the next chunk set.
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
    if (!this.#interruption.interrupted) this.#release = holdFakeClock();
  }

  /** The client asks for more, or is gone. */
  end(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
