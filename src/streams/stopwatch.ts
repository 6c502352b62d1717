/**
 * Counts milliseconds by the `performance.now` that the test sees, since that is the clock that drives what is waited
 * for: a fake one is exact, and stands still while nobody advances it. Where fake timers come or go it goes on from
 * where it stood, since their clock begins anew.
 */
export class Stopwatch {
  #clock = performance.now;
  #start: number;
  #reached = 0;

  /** @param since the moment to count from, by `performance.now()` */
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

  /** So much has passed that this clock did not see. */
  advance(ms: number): void {
    this.#start -= ms;
    this.#reached += ms;
  }
}
