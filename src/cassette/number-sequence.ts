/** Numbers from 0 to below 1 that follow from a seed: the same ones on every machine (Mulberry32). */
export class NumberSequence {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  /** Returns a non-negative integer below `limit`. */
  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }
}
