import { within } from "../http/real-clock.ts";
import { type BodyReader, ConnectionFailure } from "../interception/exchange.ts";
import type { Interruption } from "./cancellable-delay.ts";
import type { ClockHold } from "./fake-clock-guard.ts";
import type { Pacer } from "./pacing.ts";
import type { Plan } from "./replay-script.ts";

/**
 * How long, in real milliseconds, a client is waited for that gave its response up at this point when it was
 * recorded and now does not.
 */
export const ABORT_GRACE = 3000;

export interface ReplayBodyTools {
  readonly pacer: Pacer;
  readonly interruption: Interruption;
  /** `undefined` where the client reads without a turn of the event loop. */
  readonly hold?: ClockHold | undefined;
  /** Called where a client reads on past the place at which it had gone when this was recorded. */
  readonly onExhausted: () => ConnectionFailure;
  /** Called once, when nothing more will be read. */
  readonly onOver: () => void;
}

/** Gives a planned body one chunk a read. Interrupted, it waits for nothing more and gives the rest at once. */
export class ReplayBody implements BodyReader {
  readonly #plan: Plan;
  readonly #tools: ReplayBodyTools;
  #next = 0;

  constructor(plan: Plan, tools: ReplayBodyTools) {
    this.#plan = plan;
    this.#tools = tools;
  }

  read(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    this.#tools.hold?.end();
    const step = this.#plan.steps[this.#next];
    if (step === undefined) return this.#finish();
    this.#next++;
    switch (step.kind) {
      case "chunk":
        if (step.at === undefined) return step.bytes;
        return this.#tools.pacer.until(step.at)?.then(() => this.#give(step.bytes)) ?? this.#give(step.bytes);
      case "stall":
        return this.#stall(step);
    }
  }

  #give(bytes: Uint8Array): Uint8Array {
    this.#tools.hold?.begin();
    return bytes;
  }

  cancel(): void {
    this.#tools.interruption.interrupt();
    this.#tools.onOver();
  }

  async #stall({
    at,
    ms,
  }: {
    readonly at: number | undefined;
    readonly ms: number;
  }): Promise<Uint8Array | undefined> {
    const { pacer, interruption } = this.#tools;
    await pacer.until(at);
    pacer.shift(ms);
    await interruption.pause(ms);
    return this.read();
  }

  #finish(): undefined | Promise<undefined> {
    const { pacer, onOver } = this.#tools;
    const { end } = this.#plan;
    switch (end.kind) {
      case "end":
        onOver();
        return undefined;
      case "fail": {
        const fail = (): never => {
          onOver();
          throw new ConnectionFailure(end.error);
        };
        return pacer.until(end.at)?.then(fail) ?? fail();
      }
      case "gone":
        return this.#awaitDeparture();
    }
  }

  async #awaitDeparture(): Promise<undefined> {
    const { interruption, onExhausted, onOver } = this.#tools;
    await within(interruption.pause(Number.POSITIVE_INFINITY), ABORT_GRACE);
    onOver();
    if (!interruption.interrupted) throw onExhausted();
  }
}
