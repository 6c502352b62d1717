import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { Addition } from "./merge.ts";
import { Taping } from "./response-recorder.ts";
import { currentScope, type Scope } from "./scope.ts";
import { classified } from "./stream-end.ts";

/**
 * How long, in real milliseconds, closing waits for answers that are still on their way or that nobody has
 * read to the end. After that they are taped as given up.
 */
const CLOSE_GRACE = 2000;

/** Sends exchanges to the live provider and keeps what comes back. */
export class Recorder {
  /** When the first request was sent, which is where the tape begins. */
  #began = 0;
  readonly #maxBytes: number;
  readonly #redactor: Redactor;
  readonly #closing = new AbortController();
  #tapings: {
    readonly taping: Taping;
    readonly after: Interaction | undefined;
    readonly by: Scope | undefined;
  }[] = [];

  readonly #finished = new WeakMap<Taping, Interaction>();

  constructor(maxBytes: number, redactor: Redactor) {
    this.#maxBytes = maxBytes;
    this.#redactor = redactor;
  }

  /** Requests whose answers were longer than what is kept of one. */
  get overflowed(): readonly RecordedRequest[] {
    return this.#tapings.filter(({ taping }) => taping.overflow).map(({ taping }) => taping.request);
  }

  /**
   * Sends `exchange` upstream. The answer is the provider's own, passing through the tape.
   *
   * @param request what is kept of the request
   * @param after the recording behind which this one belongs; `undefined` for the beginning of the tape
   */
  async record(
    exchange: Exchange,
    request: RecordedRequest,
    after: Interaction | undefined,
  ): Promise<Answer> {
    if (this.#tapings.length === 0) this.#began = exchange.sentAt;
    const taping = new Taping(exchange, request, { maxBytes: this.#maxBytes });
    this.#tapings.push({ taping, after, by: currentScope() });
    try {
      const live = await exchange.send(AbortSignal.any([exchange.signal, this.#closing.signal]));
      return { kind: "respond", response: taping.response(live) };
    } catch (error) {
      const failure =
        error instanceof ConnectionFailure ? error : new ConnectionFailure({ message: String(error) }, error);
      taping.failed(failure, exchange.signal.aborted || this.#closing.signal.aborted);
      return { kind: "fail", failure };
    }
  }

  /** Leaves out what one attempt of a test has sent: another follows. */
  forget(attempt: Scope): void {
    this.#tapings = this.#tapings.filter(({ by }) => by !== attempt);
  }

  /** What is whole by now, in the order of sending. */
  finished(): readonly Addition[] {
    return this.#additions((taping) => taping.done);
  }

  /**
   * Waits, not for long, until every answer is whole, and gives what was taped in the order of sending, each
   * with the recording behind which it belongs.
   */
  async settle(): Promise<readonly Addition[]> {
    const tapings = this.#tapings.map(({ taping }) => taping);
    await within(Promise.all(tapings.map((taping) => taping.drain())), CLOSE_GRACE);
    for (const taping of tapings) taping.abandon();
    this.#closing.abort(new Error("The cassette was closed."));
    await Promise.all(tapings.map((taping) => taping.settled));
    return this.#additions(() => true);
  }

  #additions(wanted: (taping: Taping) => boolean): readonly Addition[] {
    return this.#tapings
      .filter(({ taping }) => wanted(taping))
      .toSorted((a, b) => a.taping.sentAt - b.taping.sentAt)
      .map(({ taping, after }) => ({ interaction: this.#classified(taping), after }));
  }

  /**
   * As it goes onto the tape, secrets removed: what a test looks at, and may have printed or put into a snapshot,
   * is that as well. A finished answer is looked at once, and is the same object each time it is asked for.
   */
  #classified(taping: Taping): Interaction {
    const known = this.#finished.get(taping);
    if (known !== undefined) return known;
    const taped = taping.interaction(this.#began);
    const response = this.#redactor.redactResponse(classified(taped), taped.request);
    const interaction = { ...taped, response };
    if (taping.done) this.#finished.set(taping, interaction);
    return interaction;
  }
}
