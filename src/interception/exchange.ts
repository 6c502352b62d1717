import type { HeaderLines, TransportError } from "../cassette/model.ts";

/**
 * A body that is read one chunk at a time. `read` gives `undefined` at the end and throws (or rejects
 * with) a {@link ConnectionFailure} where the connection failed; it may answer at once, without a promise.
 */
export interface BodyReader {
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** The other side does not want the rest. Called at most once, never after the end. */
  cancel(reason: unknown): void;
}

/** Head and body of a response on its way to a client. */
export interface ExchangeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderLines;
  /** `undefined` where the response has no body. */
  readonly body: BodyReader | undefined;
  /** `true` where the body is no longer in the `content-encoding` that the headers name. */
  readonly decoded: boolean;
}

/** A connection that failed, before the response or in the middle of it. */
export class ConnectionFailure extends Error implements TransportError {
  override readonly name = "ConnectionFailure";
  readonly code: string | undefined;
  /** What the live client library threw; the client is given this very value where there is one. */
  readonly original: unknown;

  constructor(failure: TransportError, original?: unknown) {
    super(failure.message);
    this.code = failure.code;
    this.original = original;
  }
}

/** What is known of a request before its body is read. Asking for `request` makes one if need be. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** The request as the fetch standard has it, for rules that users write as functions. */
  request(): Request;
}

/** A live request that waits for its answer. */
export interface Exchange extends RequestHead {
  /** `fetch`: caught at the global `fetch`; `socket`: caught below every other client. */
  readonly seam: "fetch" | "socket";
  readonly headers: HeaderLines;
  /** When it was sent, by {@link now}. */
  readonly sentAt: number;
  /** Aborts when the client gives the request up, before or after its response began. */
  readonly signal: AbortSignal;
  /** Where it was sent from, as a stack in V8's form; `undefined` where that cannot be known. */
  readonly stack: string | undefined;
  /** The whole request body; `undefined` for none. Read once, then kept. */
  body(): Promise<Uint8Array | undefined>;
  /**
   * Sends the request to the live provider, asking for no content encoding, following no redirect.
   *
   * @throws {ConnectionFailure} where no response came
   */
  send(signal: AbortSignal): Promise<ExchangeResponse>;
}

/** What an exchange is answered with. */
export type Answer =
  | { readonly kind: "respond"; readonly response: ExchangeResponse }
  | { readonly kind: "fail"; readonly failure: ConnectionFailure };

export type ExchangeHandler = (exchange: Exchange) => Promise<Answer>;

/** Tells the seams what to do with a request. It is asked about every request of the process: keep it cheap. */
export interface Router {
  /** `false` while nothing could be of interest, so that traffic is left exactly alone. */
  active(): boolean;
  /** Who answers this request; `undefined` leaves it alone. Called in the async context of the sender. */
  route(head: RequestHead): ExchangeHandler | undefined;
  /** Whether whatever is sent to the server of `url` meets a tape, and nothing of it the network. */
  offline(url: string): boolean;
  /**
   * Tells a test that the running code sends a request after its cassettes were closed.
   *
   * @returns why the request is refused; `undefined` if it is not
   */
  refuseLate(head: RequestHead): string | undefined;
}
