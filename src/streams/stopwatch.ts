/**
 * Counts milliseconds with the `performance.now` that the test sees, so that fake timers give exact times. When
 * fake timers are installed or removed, it continues from its last value.
 */
export class Stopwatch {
  #clock = performance.now;
  #start: number;
  #reached = 0;

  /** @param since when to count from, by `performance.now()` */
  constructor(since = performance.now()) {
    this.#start = since;
  }

  get elapsed(): number {
    const now = performance.now();
    if (performance.now !== this.#clock) {
      this.#clock = performance.now;
      this.#start = now - this.#reached;
    }
    this.#reached = now - this.#start;
    return this.#reached;
  }

  /** Adds time that this clock did not see. */
  advance(ms: number): void {
    this.#start -= ms;
    this.#reached += ms;
  }
}
