import { now } from "../http/real-clock.ts";

/** Adds up the time that a test would not have taken without its cassette. */
export class Overhead {
  #sum = 0;

  /** Milliseconds by now. */
  get milliseconds(): number {
    return this.#sum;
  }

  /** Adds the time since `startedAt`, on the clock of `now()`. */
  since(startedAt: number): void {
    this.#sum += now() - startedAt;
  }
}
