import type { Timeline } from "../calls/timeline.ts";
import type { StartedRecording, TimelineHost } from "../calls/timeline-host.ts";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import { now, turn, within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import { prepareToSend } from "../interception/install.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { ResponseRecorder } from "./response-recorder.ts";
import { streamEnd } from "./stream-end.ts";
import { type BodyHead, BodyStreaming } from "./streamed-body.ts";
import { withoutQuery } from "./without-query.ts";

/**
 * How long, in real milliseconds, closing waits for responses that are still arriving or that the client has not
 * read to the end. After that they are recorded as aborted.
 */
const CLOSE_GRACE = 2000;

export interface RecorderSettings {
  readonly maxBytes: number;
  readonly redactor: Redactor;
  /** Begins a file for a body. @throws StorageError */
  readonly beginBody: () => BodyWriter;
  /** Loads what sending and recording need: that takes a while, which is not the provider's. */
  readonly prepare: () => Promise<void>;
  /** Called if a request that was sent cannot be recorded. Its client got the response. */
  readonly onError: (error: Error) => void;
  readonly timeline: Pick<Timeline, "add" | "last" | "parent"> & {
    readonly host: Pick<TimelineHost, "begin">;
  };
}

/** Sends exchanges to the live provider and records what comes back. */
export class Recorder {
  readonly #settings: RecorderSettings;
  readonly #closing = new AbortController();
  readonly #recordings: RecordedExchange[] = [];

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
  }

  /** Requests whose responses were longer than `maxBytes`. */
  get overflowed(): readonly RecordedRequest[] {
    return this.#recordings
      .filter(({ response, isUnwritable }) => response.overflow && !isUnwritable)
      .map(({ response }) => response.request);
  }

  /**
   * What is complete by now. A client may stop reading at the provider's end marker, so that nobody reads the end of
   * the body before the cassette closes.
   */
  get finished(): readonly RecordedExchange[] {
    return this.#recordings.filter((each) => each.isDone || each.isTerminated);
  }

  /**
   * Sends `exchange` to the live provider. The client gets the provider's own response while it is recorded.
   *
   * @param request returns the request without secrets
   * @param onEnd called when nothing more will come. `recorded` returns the interaction with the secrets of its response.
   */
  async record(
    exchange: Exchange,
    request: () => RecordedRequest,
    onEnd?: ((recorded: () => Interaction) => void) | undefined,
  ): Promise<Answer> {
    const { prepare, timeline } = this.#settings;
    const recording = new RecordedExchange(exchange, request, this.#settings);
    const { response } = recording;
    this.#recordings.push(recording);
    timeline.add(recording);
    if (onEnd !== undefined)
      void response.settled.then(() => onEnd(() => response.interaction(recording.began)));
    try {
      await prepare();
      response.sentAt = now();
      recording.began = timeline.host.begin(response.sentAt);
      const live = await exchange.send(AbortSignal.any([exchange.signal, this.#closing.signal]));
      return { kind: "respond", response: response.response(live) };
    } catch (error) {
      const failure =
        error instanceof ConnectionFailure ? error : new ConnectionFailure({ message: String(error) }, error);
      response.failed(failure, exchange.signal.aborted || this.#closing.signal.aborted);
      return { kind: "fail", failure };
    }
  }

  /** Waits briefly until every response is complete. */
  async settle(): Promise<void> {
    const responses = this.#recordings.map(({ response }) => response);
    await within(Promise.all(responses.map((response) => response.drain())), CLOSE_GRACE);
    for (const response of responses) response.abandon();
    this.#closing.abort(new Error("The cassette was closed."));
    await Promise.all(this.#recordings.map(({ redacted }) => redacted));
  }
}

/** One exchange that is recorded, in its place on the timeline. */
class RecordedExchange implements StartedRecording {
  readonly response: ResponseRecorder;
  readonly after: TapeEntry | undefined;
  /**
   * Resolves when the response has ended and the request has no secrets any more. Finding them takes a while, for which no
   * client has to wait.
   */
  readonly redacted: Promise<void>;
  /** Whether the secrets of the request could not be removed. */
  isUnwritable = false;
  /** When the tape began. */
  began: number;
  readonly #parent: string | undefined;
  readonly #redactor: RecorderSettings["redactor"];
  #interaction: Interaction | undefined;

  constructor(
    exchange: Exchange,
    request: () => RecordedRequest,
    { maxBytes, redactor, beginBody, timeline, onError }: RecorderSettings,
  ) {
    const streaming = (head: BodyHead) => new BodyStreaming({ redactor, begin: beginBody }, head);
    this.response = new ResponseRecorder(exchange, request, { maxBytes, streaming });
    this.after = timeline.last;
    this.began = exchange.sentAt;
    this.#parent = timeline.parent;
    this.#redactor = redactor;
    this.redacted = this.#redactAtEnd(onError);
  }

  get startedAt(): number {
    return this.response.sentAt;
  }

  get isDone(): boolean {
    return this.response.done && !this.isUnwritable;
  }

  /** Whether the provider's end marker has arrived. */
  get isTerminated(): boolean {
    if (this.response.isStreaming || this.isUnwritable) return false;
    return traceInteraction(this.response.interaction(this.began)).terminated === true;
  }

  /**
   * Returns the interaction as it goes onto the tape, without secrets: a test may print it or put it into a snapshot.
   * A complete response is redacted once, and is the same object each time.
   */
  entry(): Interaction {
    if (this.#interaction !== undefined) return this.#interaction;
    const recorded = this.response.interaction(this.began);
    const response = this.#redactor.redactResponse(streamEnd(recorded), recorded.request);
    const parent = this.#parent;
    const interaction = { ...recorded, ...(parent === undefined ? {} : { parent }), response };
    if (this.isDone) this.#interaction = interaction;
    return interaction;
  }

  async #redactAtEnd(onError: RecorderSettings["onError"]): Promise<void> {
    await this.response.settled;
    // The client gets the end first.
    await turn();
    try {
      void this.response.request;
    } catch (error) {
      this.isUnwritable = true;
      onError(asError(error));
    }
  }
}

/** Loads what sending and recording a request need. Loading it later would delay a response that is being recorded. */
export async function prepareToRecord(redactor: Redactor): Promise<void> {
  prepareToSend();
  // Compiles its rules.
  void redactor.basis;
}

/** Sends a request to the live provider without recording it. */
export async function sendUnrecorded(exchange: Exchange): Promise<Answer> {
  try {
    return { kind: "respond", response: await exchange.send(exchange.signal) };
  } catch (error) {
    if (error instanceof ConnectionFailure) return { kind: "fail", failure: error };
    throw error;
  }
}

/** @throws CassetteError for a live request with a placeholder key: the provider would refuse it */
export function assertRealKey({ method, url, headers }: RecordedRequest): void {
  if (!url.includes(STAND_IN_KEY) && !headers.some(([, value]) => value.includes(STAND_IN_KEY))) return;
  throw new CassetteError(
    "CASSETTE_PLACEHOLDER_KEY",
    `Failed to record ${method} ${withoutQuery(url)}: it was sent with a placeholder key, which the plugin sets for tests that only replay. ` +
      "Its client was created before this cassette opened. Set the provider's key in the environment, or create the client in the test.",
  );
}
