import type { StartedAddition } from "../calls/timeline.ts";
import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import { now, within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { ResponseRecorder } from "./response-recorder.ts";
import { streamEnd } from "./stream-end.ts";

/**
 * How long, in real milliseconds, closing waits for responses that are still arriving or that the client has not
 * read to the end. After that they are recorded as aborted.
 */
const CLOSE_GRACE = 2000;

export interface RecorderSettings {
  readonly maxBytes: number;
  readonly redactor: Pick<Redactor, "redactResponse">;
  /** Loads what sending and recording need: that takes a while, which is not the provider's. */
  readonly prepare: () => Promise<void>;
  /** Returns when the tape began; it begins with its first request. */
  readonly begin: (sentAt: number) => number;
}

interface Recording {
  readonly response: ResponseRecorder;
  readonly after: TapeEntry | undefined;
  readonly parent: string | undefined;
  /** When the tape began. */
  began: number;
}

/** Sends exchanges to the live provider and records what comes back. */
export class Recorder {
  readonly #settings: RecorderSettings;
  readonly #closing = new AbortController();
  readonly #recordings: Recording[] = [];
  readonly #finished = new WeakMap<ResponseRecorder, Interaction>();

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
  }

  /** Requests whose responses were longer than `maxBytes`. */
  get overflowed(): readonly RecordedRequest[] {
    return this.#recordings
      .filter(({ response }) => response.overflow)
      .map(({ response }) => response.request);
  }

  /**
   * Sends `exchange` to the live provider. The client gets the provider's own response while it is recorded.
   *
   * @param request the request without secrets
   * @param parent the call or step that sent it
   * @param after the recording after which this one belongs; `undefined` for the beginning of the tape
   */
  async record(
    exchange: Exchange,
    request: RecordedRequest,
    after: TapeEntry | undefined,
    parent: string | undefined,
  ): Promise<Answer> {
    const { maxBytes, prepare, begin } = this.#settings;
    const response = new ResponseRecorder(exchange, request, { maxBytes });
    const recording: Recording = { response, after, parent, began: exchange.sentAt };
    this.#recordings.push(recording);
    try {
      await prepare();
      response.sentAt = now();
      recording.began = begin(response.sentAt);
      const live = await exchange.send(AbortSignal.any([exchange.signal, this.#closing.signal]));
      return { kind: "respond", response: response.response(live) };
    } catch (error) {
      const failure =
        error instanceof ConnectionFailure ? error : new ConnectionFailure({ message: String(error) }, error);
      response.failed(failure, exchange.signal.aborted || this.#closing.signal.aborted);
      return { kind: "fail", failure };
    }
  }

  /** Returns what is complete by now, in the order of sending. */
  finished(): readonly StartedAddition[] {
    return this.#additions(({ response }) => response.done);
  }

  /**
   * Waits briefly until every response is complete, and returns everything in the order of sending, each with
   * the recording after which it belongs.
   */
  async settle(): Promise<readonly StartedAddition[]> {
    const responses = this.#recordings.map(({ response }) => response);
    await within(Promise.all(responses.map((response) => response.drain())), CLOSE_GRACE);
    for (const response of responses) response.abandon();
    this.#closing.abort(new Error("The cassette was closed."));
    await Promise.all(responses.map((response) => response.settled));
    return this.#additions(() => true);
  }

  #additions(wanted: (recording: Recording) => boolean): readonly StartedAddition[] {
    return this.#recordings
      .filter(wanted)
      .toSorted((a, b) => a.response.sentAt - b.response.sentAt)
      .map((recording) => ({
        entry: this.#interaction(recording),
        after: recording.after,
        startedAt: recording.response.sentAt,
      }));
  }

  /**
   * Returns the interaction as it goes onto the tape, without secrets: a test may print it or put it into a snapshot.
   * A complete response is redacted once, and is the same object each time.
   */
  #interaction({ response, began, parent }: Recording): Interaction {
    const known = this.#finished.get(response);
    if (known !== undefined) return known;
    const recorded = response.interaction(began);
    const redacted = this.#settings.redactor.redactResponse(streamEnd(recorded), recorded.request);
    const interaction = { ...recorded, ...(parent === undefined ? {} : { parent }), response: redacted };
    if (response.done) this.#finished.set(response, interaction);
    return interaction;
  }
}
