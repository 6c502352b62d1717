import type {
  HeaderLines,
  Interaction,
  RecordedRequest,
  RecordedResponse,
  StreamEnd,
  TransportError,
} from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import {
  type BodyReader,
  ConnectionFailure,
  type Exchange,
  type ExchangeResponse,
} from "../interception/exchange.ts";

/** To a tenth of a millisecond: finer is noise. */
function tenth(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

export interface TapingLimits {
  /** How many bytes of the body are kept. */
  readonly maxBytes: number;
}

/**
 * One exchange on its way onto the tape. The client gets everything as it comes; what passes is stamped and
 * kept here, until the stream ends, fails, is given up, or the session closes.
 */
export class Taping {
  readonly request: RecordedRequest;
  readonly sentAt: number;
  /** Resolves when nothing more will come. Never rejects. */
  readonly settled: Promise<void>;
  #settle: () => void = () => undefined;
  #status = 0;
  #statusText = "";
  #headers: HeaderLines = [];
  #decoded = false;
  #headersAt: number | undefined;
  readonly #chunks: Uint8Array[] = [];
  readonly #times: number[] = [];
  #bytes = 0;
  #end: StreamEnd | undefined;
  #error: ConnectionFailure | undefined;
  #body: BodyReader | undefined;
  #interaction: Interaction | undefined;
  readonly #limits: TapingLimits;
  #overflow = false;

  constructor(exchange: Pick<Exchange, "sentAt">, request: RecordedRequest, limits: TapingLimits) {
    this.request = request;
    this.sentAt = exchange.sentAt;
    this.#limits = limits;
    this.settled = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Whether nothing more will come. */
  get done(): boolean {
    return this.#end !== undefined;
  }

  /** `true` where the body was longer than is kept. */
  get overflow(): boolean {
    return this.#overflow;
  }

  /** Takes the head of the response, and returns the response whose body passes through this. */
  response(live: ExchangeResponse): ExchangeResponse {
    this.#headersAt = now();
    this.#status = live.status;
    this.#statusText = live.statusText;
    this.#headers = live.headers;
    this.#decoded = live.decoded;
    if (live.body === undefined) {
      this.#finish("complete");
      return live;
    }
    this.#body = live.body;
    return { ...live, body: { read: () => this.#read(), cancel: (reason) => this.#cancel(reason) } };
  }

  /** No response came. */
  failed(failure: ConnectionFailure, byClient: boolean): void {
    if (byClient) this.#finish("aborted");
    else this.#finish("reset", failure);
  }

  /**
   * Reads on in place of a client that neither reads nor gives up, so that the tape has the whole answer.
   * Ends with the stream, when no more of it is kept, or when {@link abandon} is called.
   */
  async drain(): Promise<void> {
    if (this.#body === undefined) return this.settled;
    try {
      while (this.#end === undefined && !this.#overflow && (await this.#read()) !== undefined);
    } catch (error) {
      // How the stream failed is on the tape by now.
      if (!(error instanceof ConnectionFailure)) throw error;
    }
  }

  /** Gives the exchange up: what was read so far is what there is. */
  abandon(): void {
    if (this.#end !== undefined) return;
    this.#body?.cancel(new Error("The cassette was closed."));
    this.#finish("aborted");
  }

  /** What was taped; to be asked for once it is settled. `began` is when the tape began, by the same clock. */
  interaction(began: number): Interaction {
    if (this.#end !== undefined) this.#interaction ??= this.#taped(began);
    return this.#interaction ?? this.#taped(began);
  }

  #taped(began: number): Interaction {
    const end = this.#overflow ? "truncated" : (this.#end ?? "aborted");
    const error = this.#overflow ? this.#tooLong() : this.#error;
    const response: RecordedResponse = {
      status: this.#status,
      statusText: this.#statusText,
      headers: this.#headers,
      chunks: this.#chunks,
      timing: { headers: tenth((this.#headersAt ?? this.sentAt) - this.sentAt), chunks: this.#times },
      end,
      ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
      ...(this.#decoded ? { decoded: true } : {}),
    };
    return { kind: "request", at: tenth(Math.max(0, this.sentAt - began)), request: this.request, response };
  }

  /** What a replay ends in: the beginning of an answer must not pass for the whole of it. */
  #tooLong(): TransportError {
    return {
      code: "CASSETTE_BODY_TOO_LARGE",
      message: `only the first ${this.#bytes} bytes of this answer were taped (maxBytes)`,
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
      // The failure of a connection that the client itself has closed is no news.
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
    // The client's stream takes the buffer over.
    this.#chunks.push(chunk.slice());
    this.#times.push(tenth(now() - this.sentAt));
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
    this.#settle();
  }
}
