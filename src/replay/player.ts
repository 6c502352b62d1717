import type { Interaction } from "../cassette/model.ts";
import type { Answer, ConnectionFailure, Exchange } from "../interception/exchange.ts";
import type { Chunks } from "../options/options.ts";
import { Interruption } from "./cancellable-delay.ts";
import type { Faulted } from "./inject-fault.ts";
import { type ReplayOptions, replay } from "./replay.ts";

/** Plays recordings for one session, in the order in which they are asked for, until it is closed. */
export class Player {
  readonly #options: ReplayOptions;
  #chunks: Chunks;
  readonly #playing = new Set<Interruption>();
  #closed = false;
  #faulted = false;
  /** Why an answer could not have the fault that was asked for, by its request. */
  readonly #unreached = new Map<string, string>();

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#chunks = options.chunks;
  }

  /** Cuts what is played from now on so, and not as the options say; `undefined` as the options say. */
  cut(chunks: Chunks | undefined): void {
    this.#chunks = chunks ?? this.#options.chunks;
  }

  /** @param onExhausted called where a client waits for more than it had waited for when this was recorded */
  play(recording: Interaction, exchange: Exchange, onExhausted: () => ConnectionFailure): Promise<Answer> {
    const interruption = new Interruption();
    if (this.#closed) interruption.interrupt();
    this.#playing.add(interruption);
    return replay(
      recording,
      exchange,
      { ...this.#options, chunks: this.#chunks },
      {
        interruption,
        onExhausted,
        onOver: () => this.#playing.delete(interruption),
        onFault: (faulted) => this.#noteFault(faulted, recording),
      },
    );
  }

  /** Waits for nothing more: whoever still reads gets the rest at once. */
  close(): void {
    this.#closed = true;
    for (const interruption of this.#playing) interruption.interrupt();
    this.#playing.clear();
  }

  /** What to say where answers were to fail and none did. */
  get faultProblem(): string | undefined {
    const { fault } = this.#options;
    if (fault === undefined || this.#faulted || this.#unreached.size === 0) return undefined;
    const [[unit, amount] = []] = Object.entries(fault.after);
    const answers = [...this.#unreached].map(([request, why]) => `  ${request}: ${why}`);
    return [
      `Failed to inject a fault (${fault.kind} after ${amount} ${unit}): no answer could have it.`,
      ...answers,
      "Choose a place that the recording has, or leave the option out.",
    ].join("\n");
  }

  #noteFault(faulted: Faulted, { request }: Interaction): void {
    if (faulted.kind === "faulted") this.#faulted = true;
    else this.#unreached.set(`${request.method} ${request.url}`, faulted.why);
  }
}
