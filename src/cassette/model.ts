/**
 * The content of a cassette, in memory. Nothing here knows about files, YAML or options.
 */

/**
 * Header lines in the order in which they were sent. Names keep their case. A name that was sent twice
 * (`set-cookie`) is in the list twice.
 */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/**
 * How the bytes of a response ended:
 * - `complete`: as the server intended
 * - `aborted`: the client stopped reading (signal, `break`, `destroy()`)
 * - `reset`: the connection failed under the response
 * - `truncated`: the connection was closed before the provider's own end marker
 */
export type StreamEnd = "complete" | "aborted" | "reset" | "truncated";

export const STREAM_ENDS: readonly StreamEnd[] = ["complete", "aborted", "reset", "truncated"];

/** A request as a tape stores it: without secrets, with allow-listed headers only. */
export interface RecordedRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers: HeaderLines;
  /** The bytes that were sent; `undefined` if the request had no body. */
  readonly body?: Uint8Array | undefined;
}

/** Milliseconds since the request was sent, rounded to tenths. */
export interface ResponseTiming {
  /** Until the response headers. */
  readonly headers: number;
  /** Arrival of each chunk; one number per chunk. */
  readonly chunks: readonly number[];
}

/** The failure of a connection, as the client saw it. */
export interface TransportError {
  /** System or client code: `ECONNRESET`, `UND_ERR_SOCKET`, ... */
  readonly code?: string | undefined;
  readonly message: string;
}

export interface RecordedResponse {
  /** HTTP status; `0` if the connection ended before there was one. */
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderLines;
  /** The body, one element per read. Empty for an empty body. */
  readonly chunks: readonly Uint8Array[];
  /** `undefined` on a tape written by hand without timing. */
  readonly timing?: ResponseTiming | undefined;
  readonly end: StreamEnd;
  /** Set if the client got an error instead of an end: always with `reset`, sometimes with `truncated`. */
  readonly error?: TransportError | undefined;
  /**
   * `true` if `chunks` are the decoded bytes although `headers` name a `content-encoding`. A fetch client
   * never shows the encoded bytes.
   */
  readonly decoded?: boolean | undefined;
}

/** One recorded request and its response. */
export interface Interaction {
  readonly kind: "request";
  /** Milliseconds since the tape began. */
  readonly at: number;
  /** The test that recorded it; only on a tape that several tests share. */
  readonly test?: string | undefined;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** An entry of the timeline. More kinds will be added: switch on `kind` exhaustively. */
export type TapeEntry = Interaction;

/** The clock and the random seed with which a tape was recorded under `freeze`. */
export interface Frozen {
  /** The time of the clock (ISO 8601). */
  readonly time: string;
  /** Seed of `Math.random`, `crypto.randomUUID` and `crypto.getRandomValues`. */
  readonly seed: number;
}

/** The content of one cassette file. */
export interface Tape {
  readonly version: 1;
  /** `undefined` on a tape written by hand. */
  readonly recorded?: { readonly at: string; readonly with: string } | undefined;
  readonly frozen?: Frozen | undefined;
  /** In the order in which the requests were sent. */
  readonly interactions: readonly TapeEntry[];
}
