import type { HeaderLines, TransportError } from "../cassette/model.ts";
import type { Command } from "./processes/command.ts";
import type { ProcessHandler } from "./processes/process-handler.ts";
import type { UnrecordedTraffic } from "./unrecorded/unrecorded-traffic.ts";

/**
 * A body that is read one chunk at a time. `read` returns `undefined` at the end, and throws (or rejects with) a
 * {@link ConnectionFailure} if the connection failed. It can return without a promise.
 */
export interface BodyReader {
  read(): Uint8Array | undefined | Promise<Uint8Array | undefined>;
  /** Cancels the rest. Called at most once, never after the end. */
  cancel(reason: unknown): void;
}

/** Head and body of a response on its way to a client. */
export interface ExchangeResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderLines;
  /** `undefined` if the response has no body. */
  readonly body: BodyReader | undefined;
  /** `true` if the body is already decoded from the `content-encoding` in the headers. */
  readonly decoded: boolean;
  /** Returns the trailers, which arrive after the body; empty or `undefined` if there are none. */
  readonly trailers?: (() => HeaderLines | undefined) | undefined;
}

/** A connection that failed, before the response or during it. */
export class ConnectionFailure extends Error implements TransportError {
  override readonly name = "ConnectionFailure";
  readonly code: string | undefined;
  /** The error of the live client library. If there is one, the client gets it unchanged. */
  readonly original: unknown;

  constructor(failure: TransportError, original?: unknown) {
    super(failure.message);
    this.code = failure.code;
    this.original = original;
  }
}

/** A request before its body is read. `request()` creates a `Request` on first use. */
export interface RequestHead {
  readonly method: string;
  readonly url: string;
  /** The request as a `Request`, for users' functions. */
  request(): Request;
}

/** A live request that waits for its response. */
export interface Exchange extends RequestHead {
  /** `fetch`: caught at the global `fetch`; `socket`: caught at a socket, or at the hub. */
  readonly seam: "fetch" | "socket";
  readonly headers: HeaderLines;
  /** When it was sent, by {@link now}. */
  readonly sentAt: number;
  /** Aborts when the client aborts the request, before or after its response began. */
  readonly signal: AbortSignal;
  /** The sender's stack in V8's format; `undefined` if it is unknown. */
  readonly stack: string | undefined;
  /** The whole request body; `undefined` for none. Read once, then kept. */
  body(): Promise<Uint8Array | undefined>;
  /**
   * Sends the request to the provider, without content encoding and without following redirects.
   *
   * @throws {ConnectionFailure} if no response arrived
   */
  send(signal: AbortSignal): Promise<ExchangeResponse>;
}

/** The answer to an exchange. */
export type Answer =
  | { readonly kind: "respond"; readonly response: ExchangeResponse }
  | { readonly kind: "fail"; readonly failure: ConnectionFailure };

export type ExchangeHandler = (exchange: Exchange) => Promise<Answer>;

/** Decides what the seams do with a request. Called for every request of the process: keep it cheap. */
export interface Router {
  /** `false` while no request can be of interest, so that all traffic passes untouched. */
  active(): boolean;
  /** Returns the handler of this request; `undefined` leaves it alone. Called in the sender's async context. */
  route(head: RequestHead): ExchangeHandler | undefined;
  /** Whether all requests to the server of `url` are replayed, and none reaches the network. */
  offline(url: string): boolean;
  /**
   * Reports to a test that its code sends a request after its cassettes closed.
   *
   * @returns why the request is refused; `undefined` if it is not
   */
  refuseLate(head: RequestHead): string | undefined;
  /**
   * Notes a request that `route` left alone, on its way to the server.
   *
   * @returns called if the connection fails; `undefined` if nobody needs to know
   */
  leftAlone(head: RequestHead): ((error: unknown) => void) | undefined;
  /** Returns who records or plays a child process; `undefined` leaves it alone. Called in the async context of its starter. */
  process(command: Command): ProcessHandler | undefined;
  /** Notes traffic that no seam records. Called in the async context of the code that opened it. */
  unrecorded(traffic: UnrecordedTraffic): void;
  /** Returns whom the running code sends for. */
  sender(): Sender;
}

/** Whom code sends for: a test, or nobody that is known. */
export interface Sender {
  readonly isKnown: boolean;
  /** Makes the rest of the running code, and what it causes, send for this sender. */
  enter(): void;
  /** Runs `body` as code of this sender. */
  run<T>(body: () => T): T;
}
