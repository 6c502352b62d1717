import { within } from "../http/real-clock.ts";
import { type BodyReader, ConnectionFailure } from "../interception/exchange.ts";
import type { CancellableDelay } from "./cancellable-delay.ts";
import type { FakeClockGuard } from "./fake-clock-guard.ts";
import type { Pacer } from "./pacing.ts";
import type { ReplayScript, Step } from "./replay-script.ts";

/**
 * How long, in real milliseconds, to wait for a client that aborted at this point of the recording and now goes on
 * reading.
 */
export const ABORT_GRACE = 3000;

export interface ReplayBodyTools {
  readonly pacer: Pacer;
  readonly delay: CancellableDelay;
  /** `undefined` if the client reads within one turn of the event loop. */
  readonly guard?: FakeClockGuard | undefined;
  /** Called if a client reads on past the place at which it aborted in the recording. */
  readonly onExhausted: () => ConnectionFailure;
  /** Called once, when the client will not read more. */
  readonly onOver: () => void;
}

/** Plays a script, one chunk per read. When its delay is canceled, it returns the rest without waiting. */
export class ReplayBody implements BodyReader {
  readonly #script: ReplayScript;
  readonly #tools: ReplayBodyTools;
  #next = 0;

  constructor(script: ReplayScript, tools: ReplayBodyTools) {
    this.#script = script;
    this.#tools = tools;
  }

  read(): Uint8Array | undefined | Promise<Uint8Array | undefined> {
    const { guard, pacer } = this.#tools;
    guard?.release();
    const step = this.#script.steps[this.#next];
    if (step === undefined) return this.#finish();
    this.#next++;
    switch (step.kind) {
      case "chunk":
        if (step.at === undefined) return step.bytes;
        return pacer.until(step.at)?.then(() => this.#give(step.bytes)) ?? this.#give(step.bytes);
      case "stall":
        return this.#stall(step);
    }
  }

  cancel(): void {
    this.#tools.delay.cancel();
    this.#tools.onOver();
  }

  #give(bytes: Uint8Array): Uint8Array {
    this.#tools.guard?.hold();
    return bytes;
  }

  async #stall({ at, ms }: Extract<Step, { readonly kind: "stall" }>): Promise<Uint8Array | undefined> {
    const { pacer, delay } = this.#tools;
    await pacer.until(at);
    pacer.shift(ms);
    await delay.wait(ms);
    return this.read();
  }

  #finish(): undefined | Promise<undefined> {
    const { pacer, onOver } = this.#tools;
    const { end } = this.#script;
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
        return this.#awaitAbort();
    }
  }

  async #awaitAbort(): Promise<undefined> {
    const { delay, onExhausted, onOver } = this.#tools;
    await within(delay.wait(Number.POSITIVE_INFINITY), ABORT_GRACE);
    onOver();
    if (!delay.cancelled) throw onExhausted();
  }
}
