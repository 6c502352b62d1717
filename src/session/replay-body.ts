import { within } from "../interception/clock.ts";
import { type BodyReader, ConnectionFailure } from "../interception/exchange.ts";
import type { Pacer } from "./pacer.ts";
import type { Plan } from "./plan.ts";

/**
 * How long, in real milliseconds, a client is waited for that gave its response up at this point when it was
 * recorded and now does not.
 */
const ABORT_GRACE = 3000;

/** Gives a planned body one chunk a read. */
export class ReplayBody implements BodyReader {
  readonly #plan: Plan;
  readonly #pacer: Pacer;
  readonly #onExhausted: () => ConnectionFailure;
  #next = 0;
  readonly #departed: Promise<"departed">;
  #depart: () => void = () => undefined;

  /** @param onExhausted called where a client reads on past the place at which it had gone when this was recorded */
  constructor(plan: Plan, pacer: Pacer, onExhausted: () => ConnectionFailure) {
    this.#plan = plan;
    this.#pacer = pacer;
    this.#onExhausted = onExhausted;
    this.#departed = new Promise((resolve) => {
      this.#depart = () => resolve("departed");
    });
  }

  read(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const step = this.#plan.steps[this.#next];
    if (step === undefined) return this.#finish();
    this.#next++;
    switch (step.kind) {
      case "chunk": {
        const wait = this.#pacer.until(step.at);
        return wait === undefined ? step.bytes : wait.then(() => step.bytes);
      }
      case "stall":
        return this.#stall(step.ms);
    }
  }

  cancel(): void {
    this.#depart();
  }

  async #stall(ms: number): Promise<Uint8Array | undefined> {
    if (ms === Number.POSITIVE_INFINITY) {
      await this.#departed;
      return undefined;
    }
    this.#pacer.shift(ms);
    await new Promise((resolve) => {
      setTimeout(resolve, ms);
    });
    return this.read();
  }

  #finish(): undefined | Promise<undefined> {
    const { end } = this.#plan;
    switch (end.kind) {
      case "end":
        return undefined;
      case "fail":
        throw new ConnectionFailure(end.error);
      case "gone":
        return this.#awaitDeparture();
    }
  }

  async #awaitDeparture(): Promise<undefined> {
    if ((await within(this.#departed, ABORT_GRACE)) === "departed") return undefined;
    throw this.#onExhausted();
  }
}
