/** Node's timers fire at once if they are set for longer than this. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Delays one replayed response with the timers that the test sees. Cancelling ends the current delay and skips all
 * later ones, because nobody waits for the response any more. Runs one delay at a time.
 */
export class CancellableDelay {
  #cancelled = false;
  #wake: (() => void) | undefined;
  #onCancel: (() => void) | undefined;

  get cancelled(): boolean {
    return this.#cancelled;
  }

  cancel(): void {
    this.#cancelled = true;
    this.#wake?.();
    this.#onCancel?.();
  }

  /** Also calls `callback` when this is cancelled. */
  onCancel(callback: () => void): void {
    this.#onCancel = callback;
  }

  /** Resolves after `ms` milliseconds, or when cancelled. `Infinity` waits without a timer. */
  async wait(ms: number): Promise<void> {
    const forever = ms === Number.POSITIVE_INFINITY;
    for (let rest = ms; rest > 0 && !this.#cancelled; rest -= LONGEST_TIMER) {
      await this.#waitOnce(forever ? undefined : Math.min(rest, LONGEST_TIMER));
    }
  }

  #waitOnce(ms: number | undefined): Promise<void> {
    // A test may replace its timers meanwhile: clear the timer with the functions that have set it.
    const { setTimeout, clearTimeout } = globalThis;
    return new Promise((resolve) => {
      const timer = ms === undefined ? undefined : setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        this.#wake = undefined;
        if (timer !== undefined) clearTimeout(timer);
        resolve();
      };
    });
  }
}
