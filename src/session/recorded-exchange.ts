import type { Timeline } from "../calls/timeline.ts";
import type { StartedRecording, TimelineHost } from "../calls/timeline-host.ts";
import { defined } from "../cassette/defined.ts";
import { asError } from "../cassette/is-error.ts";
import type {
  Interaction,
  RecordedRequest,
  RecordedResponse,
  StreamEnd,
  TapeEntry,
  TransportError,
} from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { now, turn } from "../http/real-clock.ts";
import { ConnectionFailure, type Exchange, type ExchangeResponse } from "../interception/exchange.ts";
import { traceInteraction } from "../providers/decode-stream.ts";
import type { Redactor } from "../redaction/redactor.ts";
import type { BodyWriter } from "../storage/body-writer.ts";
import { streamEnd } from "./stream-end.ts";
import { BodyStreaming, type StreamedBody } from "./streamed-body.ts";

export interface RecorderSettings {
  /** How many bytes of a body to keep. */
  readonly maxBytes: number;
  readonly redactor: Redactor;
  /** Begins a file for a body. @throws StorageError */
  readonly beginBody: () => BodyWriter;
  /** Loads what sending and recording need: that takes a while, which is not the provider's. */
  readonly prepare: () => Promise<void>;
  /** Called if a request that was sent cannot be recorded. Its client got the response. */
  readonly onError: (error: Error) => void;
  readonly timeline: Pick<Timeline, "add" | "last" | "parent"> & {
    readonly host: { readonly tape: Pick<TimelineHost["tape"], "begin"> };
  };
}

/** To a tenth of a millisecond: finer is noise. */
function tenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/**
 * One exchange that is recorded, in its place on the timeline. The client gets everything as it arrives; this keeps each
 * chunk with its time, until the stream ends, fails, is aborted, or the session closes.
 */
export class RecordedExchange implements StartedRecording {
  readonly after: TapeEntry | undefined;
  /** When it was sent; until then, when the client asked for it. */
  startedAt: number;
  /** Resolves when nothing more will come. Never rejects. */
  readonly settled: Promise<void>;
  /**
   * Resolves when the response has ended and the request has no secrets any more. Finding them takes a while, for which no
   * client has to wait.
   */
  readonly redacted: Promise<void>;
  /** Whether the secrets of the request could not be removed. */
  isUnwritable = false;
  /** Whether the body was longer than what is kept. */
  overflow = false;
  readonly #settings: RecorderSettings;
  readonly #request: () => RecordedRequest;
  readonly #parent: string | undefined;
  /** When the tape began. */
  #began: number;
  #settle: () => void = () => undefined;
  #live: ExchangeResponse | undefined;
  #headersAt: number | undefined;
  #chunks: Uint8Array[] = [];
  #streaming: BodyStreaming | undefined;
  #streamed: StreamedBody | undefined;
  /** The chunks of a body that was written while it arrived. */
  #stored: readonly Uint8Array[] | undefined;
  readonly #times: number[] = [];
  #bytes = 0;
  #end: StreamEnd | undefined;
  #error: TransportError | undefined;
  #recorded: Interaction | undefined;
  #clean: Interaction | undefined;

  /** @param request returns the request without secrets */
  constructor(
    { sentAt }: Pick<Exchange, "sentAt">,
    request: () => RecordedRequest,
    settings: RecorderSettings,
  ) {
    this.#settings = settings;
    this.#request = request;
    this.startedAt = sentAt;
    this.#began = sentAt;
    this.after = settings.timeline.last;
    this.#parent = settings.timeline.parent;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.redacted = this.#redactAtEnd();
  }

  /** The request without secrets. */
  get request(): RecordedRequest {
    return this.#request();
  }

  get isDone(): boolean {
    return this.#end !== undefined && !this.isUnwritable;
  }

  /** Whether the provider's end marker has arrived. */
  get isTerminated(): boolean {
    // Nobody can read a body while it is written.
    const isStreaming = this.#streamed !== undefined && this.#stored === undefined;
    return !isStreaming && !this.isUnwritable && traceInteraction(this.recorded).terminated === true;
  }

  /** Notes that it is sent now. */
  sent(): void {
    this.startedAt = now();
    this.#began = this.#settings.timeline.host.tape.begin(this.startedAt);
  }

  /** Keeps the head of the response, and returns the response with a body that is recorded while it is read. */
  answered(live: ExchangeResponse): ExchangeResponse {
    this.#headersAt = now();
    this.#live = live;
    if (live.body === undefined) {
      this.#finish("complete");
      return live;
    }
    const { redactor, beginBody } = this.#settings;
    const head = {
      contentType: headerOf(live.headers, "content-type") ?? "",
      contentEncoding: live.decoded ? undefined : headerOf(live.headers, "content-encoding"),
    };
    this.#streaming = new BodyStreaming({ redactor, begin: beginBody }, head);
    return { ...live, body: { read: () => this.#read(), cancel: (reason) => this.#cancel(reason) } };
  }

  /** Records that no response came. Returns the failure that the client gets. */
  failed(error: unknown, byClient: boolean): ConnectionFailure {
    const failure = asFailure(error);
    if (byClient) this.#finish("aborted");
    else this.#finish("reset", failure);
    return failure;
  }

  /**
   * Reads on in place of a client that neither reads nor aborts, so that the tape has the whole response. Ends with the
   * stream, when enough bytes are kept, or when {@link abandon} is called.
   */
  async drain(): Promise<void> {
    if (this.#live?.body === undefined) return this.settled;
    try {
      while (this.#end === undefined && !this.overflow && (await this.#read()) !== undefined);
    } catch (error) {
      // The tape has the failure by now.
      if (!(error instanceof ConnectionFailure)) throw error;
    }
  }

  /** Aborts the exchange: the tape gets what was read so far. */
  abandon(): void {
    this.#cancel(new Error("The cassette was closed."));
  }

  /** What was recorded so far, with the secrets of the response. */
  get recorded(): Interaction {
    if (this.#recorded !== undefined) return this.#recorded;
    const { status = 0, statusText = "", headers = [], decoded = false, trailers } = this.#live ?? {};
    const lines = trailers?.() ?? [];
    const response: RecordedResponse = defined({
      status,
      statusText,
      headers,
      chunks: this.#stored ?? this.#chunks,
      timing: {
        headers: tenth((this.#headersAt ?? this.startedAt) - this.startedAt),
        chunks: this.#times,
      },
      end: this.overflow ? "truncated" : (this.#end ?? "aborted"),
      trailers: lines.length === 0 ? undefined : lines,
      error: this.overflow ? this.#tooLong() : this.#error,
      decoded: decoded || undefined,
    });
    const at = tenth(Math.max(0, this.startedAt - this.#began));
    const recorded: Interaction = { kind: "request", at, request: this.request, response };
    if (this.#end !== undefined) this.#recorded = recorded;
    return recorded;
  }

  /**
   * Returns the interaction as it goes onto the tape, without secrets: a test may print it or put it into a snapshot.
   * A complete response is redacted once, and is the same object each time.
   */
  entry(): Interaction {
    if (this.#clean !== undefined) return this.#clean;
    const { recorded } = this;
    const response = this.#settings.redactor.redactResponse(streamEnd(recorded));
    const clean: Interaction = defined({ ...recorded, parent: this.#parent, response });
    if (this.isDone) this.#clean = clean;
    return clean;
  }

  /** How the replay ends: the beginning of a response must not pass for the whole. */
  #tooLong(): TransportError {
    return {
      code: "CASSETTE_BODY_TOO_LARGE",
      message: `only the first ${this.#bytes} bytes of this response were recorded (maxBytes)`,
    };
  }

  async #read(): Promise<Uint8Array | undefined> {
    let chunk: Uint8Array | undefined;
    try {
      chunk = await this.#live?.body?.read();
    } catch (error) {
      const failure = asFailure(error);
      // A connection that the client itself has closed fails, too.
      this.#finish("reset", failure);
      throw failure;
    }
    if (chunk === undefined) this.#finish("complete");
    else if (chunk.length > 0) this.#keep(chunk);
    return chunk;
  }

  #keep(chunk: Uint8Array): void {
    if (this.#end !== undefined || this.overflow) return;
    if (this.#bytes + chunk.length > this.#settings.maxBytes) {
      this.overflow = true;
      return;
    }
    this.#bytes += chunk.length;
    this.#times.push(tenth(now() - this.startedAt));
    if (this.#streamed !== undefined) {
      this.#streamed.write(chunk);
      return;
    }
    // The client's stream takes ownership of the buffer.
    this.#chunks.push(chunk.slice());
    this.#streamed = this.#streaming?.start(this.#chunks, this.#bytes);
    if (this.#streamed !== undefined) this.#chunks = [];
  }

  #cancel(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish("aborted");
    this.#live?.body?.cancel(reason);
  }

  #finish(end: StreamEnd, failure?: ConnectionFailure): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#error = failure && { code: failure.code, message: failure.message };
    this.#stored = this.#streamed?.end();
    this.#settle();
  }

  async #redactAtEnd(): Promise<void> {
    await this.settled;
    // The client gets the end first.
    await turn();
    try {
      void this.request;
    } catch (error) {
      this.isUnwritable = true;
      this.#settings.onError(asError(error));
    }
  }
}

function asFailure(error: unknown): ConnectionFailure {
  return error instanceof ConnectionFailure
    ? error
    : new ConnectionFailure({ message: String(error) }, error);
}
