import { holdFakeClock } from "../streams/hold-fake-clock.ts";
import type { CancellableDelay } from "./cancellable-delay.ts";

/**
 * Keeps a fake clock from running ahead of a client that reads from a socket. Bytes take a few turns of the event
 * loop from the socket to its reader, and only then does the reader ask for the next chunk, whose timer is set then.
 */
export class FakeClockGuard {
  readonly #delay: CancellableDelay;
  #release: (() => void) | undefined;

  constructor(delay: CancellableDelay) {
    this.#delay = delay;
    delay.onCancel(() => this.release());
  }

  /** Holds the clock, after the client was given something. */
  hold(): void {
    this.release();
    if (!this.#delay.cancelled) this.#release = holdFakeClock();
  }

  /** Lets the clock go on: the client asks for more, or is gone. */
  release(): void {
    this.#release?.();
    this.#release = undefined;
  }
}
