/** Longer than this no timer runs: Node fires at once instead. */
const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Pauses of one answer, by the timers that the test sees, and what ends all of them before their time: nobody is
 * left to wait for. One pause at a time.
 */
export class Interruption {
  #interrupted = false;
  #wake: (() => void) | undefined;
  #onInterrupt: (() => void) | undefined;

  get interrupted(): boolean {
    return this.#interrupted;
  }

  /** Ends the pause that is under way, and every later one before it begins. */
  interrupt(): void {
    this.#interrupted = true;
    this.#wake?.();
    this.#onInterrupt?.();
  }

  /** Has one more thing end when this is interrupted. */
  alsoEnd(end: () => void): void {
    this.#onInterrupt = end;
  }

  /** Resolves after so many milliseconds, or when interrupted; for ever is `Infinity`, and takes no timer. */
  async pause(ms: number): Promise<void> {
    const forEver = ms === Number.POSITIVE_INFINITY;
    for (let rest = ms; rest > 0 && !this.#interrupted; rest -= LONGEST_TIMER) {
      await this.#once(forEver ? undefined : Math.min(rest, LONGEST_TIMER));
    }
  }

  #once(ms: number | undefined): Promise<void> {
    // A test may change its timers while this waits: the one that was set is the one to clear.
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
