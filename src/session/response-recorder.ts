import type {
  HeaderLines,
  Interaction,
  RecordedRequest,
  RecordedResponse,
  StreamEnd,
  TransportError,
} from "../cassette/model.ts";
import { headerOf } from "../http/headers.ts";
import { now } from "../http/real-clock.ts";
import {
  type BodyReader,
  ConnectionFailure,
  type Exchange,
  type ExchangeResponse,
} from "../interception/exchange.ts";
import type { BodyHead, BodyStreaming, StreamedBody } from "./streamed-body.ts";

/** To a tenth of a millisecond: finer is noise. */
function tenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

export interface RecorderLimits {
  /** How many bytes of the body to keep. */
  readonly maxBytes: number;
  /** Decides whether the body is written while it arrives. */
  readonly streaming: (head: BodyHead) => BodyStreaming;
}

/**
 * Records one response. The client gets everything as it arrives; this keeps each chunk with its time, until the stream
 * ends, fails, is aborted, or the session closes.
 */
export class ResponseRecorder {
  readonly #request: () => RecordedRequest;
  /** When it was sent; until then, when the client asked for it. */
  sentAt: number;
  /** Resolves when nothing more will come. Never rejects. */
  readonly settled: Promise<void>;
  #settle: () => void = () => undefined;
  #status = 0;
  #statusText = "";
  #headers: HeaderLines = [];
  #decoded = false;
  #trailers: ExchangeResponse["trailers"];
  #headersAt: number | undefined;
  #chunks: Uint8Array[] = [];
  #streaming: BodyStreaming | undefined;
  #streamed: StreamedBody | undefined;
  /** The chunks of a body that was written while it arrived. */
  #stored: readonly Uint8Array[] | undefined;
  readonly #times: number[] = [];
  #bytes = 0;
  #end: StreamEnd | undefined;
  #error: ConnectionFailure | undefined;
  #body: BodyReader | undefined;
  #interaction: Interaction | undefined;
  readonly #limits: RecorderLimits;
  #overflow = false;

  /** @param request returns the request without secrets */
  constructor({ sentAt }: Pick<Exchange, "sentAt">, request: () => RecordedRequest, limits: RecorderLimits) {
    this.#request = request;
    this.sentAt = sentAt;
    this.#limits = limits;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** The request without secrets. */
  get request(): RecordedRequest {
    return this.#request();
  }

  /** Whether nothing more will come. */
  get done(): boolean {
    return this.#end !== undefined;
  }

  /** Whether the body is being written while it arrives, so that nobody can read it yet. */
  get isStreaming(): boolean {
    return this.#streamed !== undefined && this.#stored === undefined;
  }

  /** Whether the body was longer than what is kept. */
  get overflow(): boolean {
    return this.#overflow;
  }

  /** Keeps the head of the response, and returns the response with a body that is recorded while it is read. */
  response(live: ExchangeResponse): ExchangeResponse {
    this.#headersAt = now();
    this.#status = live.status;
    this.#statusText = live.statusText;
    this.#headers = live.headers;
    this.#decoded = live.decoded;
    this.#trailers = live.trailers;
    if (live.body === undefined) {
      this.#finish("complete");
      return live;
    }
    this.#body = live.body;
    this.#streaming = this.#limits.streaming({
      contentType: headerOf(live.headers, "content-type") ?? "",
      contentEncoding: live.decoded ? undefined : headerOf(live.headers, "content-encoding"),
    });
    return { ...live, body: { read: () => this.#read(), cancel: (reason) => this.#cancel(reason) } };
  }

  /** Records that no response came. */
  failed(failure: ConnectionFailure, byClient: boolean): void {
    if (byClient) this.#finish("aborted");
    else this.#finish("reset", failure);
  }

  /**
   * Reads on in place of a client that neither reads nor aborts, so that the tape has the whole response. Ends with the
   * stream, when enough bytes are kept, or when {@link abandon} is called.
   */
  async drain(): Promise<void> {
    if (this.#body === undefined) return this.settled;
    try {
      while (this.#end === undefined && !this.#overflow && (await this.#read()) !== undefined);
    } catch (error) {
      // The tape has the failure by now.
      if (!(error instanceof ConnectionFailure)) throw error;
    }
  }

  /** Aborts the exchange: the tape gets what was read so far. */
  abandon(): void {
    if (this.#end !== undefined) return;
    this.#body?.cancel(new Error("The cassette was closed."));
    this.#finish("aborted");
  }

  /** Returns what was recorded so far. `began` is when the tape began, by the same clock. */
  interaction(began: number): Interaction {
    if (this.#end !== undefined) this.#interaction ??= this.#recorded(began);
    return this.#interaction ?? this.#recorded(began);
  }

  #recorded(began: number): Interaction {
    const end = this.#overflow ? "truncated" : (this.#end ?? "aborted");
    const error = this.#overflow ? this.#tooLong() : this.#error;
    const trailers = this.#trailers?.() ?? [];
    const response: RecordedResponse = {
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers,
      chunks: this.#stored ?? this.#chunks,
      timing: { headers: tenth((this.#headersAt ?? this.sentAt) - this.sentAt), chunks: this.#times },
      end,
      ...(trailers.length === 0 ? {} : { trailers }),
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
      ...(this.#decoded ? { decoded: true } : {}),
    };
    return { kind: "request", at: tenth(Math.max(0, this.sentAt - began)), request: this.request, response };
  }

  /** How the replay ends: the beginning of a response must not pass for the whole. */
  #tooLong(): TransportError {
    return {
      code: "CASSETTE_BODY_TOO_LARGE",
      message: `only the first ${this.#bytes} bytes of this response were recorded (maxBytes)`,
    };
  }

  async #read(): Promise<Uint8Array | undefined> {
    const body = this.#body as BodyReader;
    let chunk: Uint8Array | undefined;
    try {
      chunk = await body.read();
    } catch (error) {
      const failure =
        error instanceof ConnectionFailure ? error : new ConnectionFailure({ message: String(error) }, error);
      // A connection that the client itself has closed fails, too.
      if (this.#end === undefined) this.#finish("reset", failure);
      throw failure;
    }
    if (chunk === undefined) this.#finish("complete");
    else if (chunk.length > 0) this.#keep(chunk);
    return chunk;
  }

  #keep(chunk: Uint8Array): void {
    if (this.#end !== undefined || this.#overflow) return;
    if (this.#bytes + chunk.length > this.#limits.maxBytes) {
      this.#overflow = true;
      return;
    }
    this.#bytes += chunk.length;
    // The client's stream takes ownership of the buffer.
    const copy = chunk.slice();
    this.#times.push(tenth(now() - this.sentAt));
    if (this.#streamed !== undefined) {
      this.#streamed.write(copy);
      return;
    }
    this.#chunks.push(copy);
    this.#streamed = this.#streaming?.start(this.#chunks, this.#bytes);
    if (this.#streamed !== undefined) this.#chunks = [];
  }

  #cancel(reason: unknown): void {
    if (this.#end !== undefined) return;
    this.#finish("aborted");
    this.#body?.cancel(reason);
  }

  #finish(end: StreamEnd, error?: ConnectionFailure): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#error = error;
    this.#stored = this.#streamed?.end();
    this.#settle();
  }
}
