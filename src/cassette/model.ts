/**
 * The tape as a value: what was recorded, in memory. Nothing here knows of files, YAML or modes.
 */

/**
 * Header lines in the order in which they stood on the wire. Names keep their case, a name that was
 * sent twice (`set-cookie`) stands here twice.
 */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/**
 * How the bytes of a response ended:
 * - `complete`: as the server meant them to
 * - `aborted`: the client stopped reading (signal, `break`, `destroy()`)
 * - `reset`: the connection failed under the response
 * - `truncated`: the connection was closed before the provider's own end marker
 */
export type StreamEnd = "complete" | "aborted" | "reset" | "truncated";

export const STREAM_ENDS: readonly StreamEnd[] = ["complete", "aborted", "reset", "truncated"];

/** A request as it is kept on a tape: no secrets, allow-listed headers. */
export interface RecordedRequest {
  readonly method: string;
  /** Absolute URL. */
  readonly url: string;
  readonly headers: HeaderLines;
  /** The bytes that were sent; `undefined` where the request had no body. */
  readonly body?: Uint8Array | undefined;
}

/** Milliseconds since the request was sent, to a tenth. */
export interface ResponseTiming {
  /** Until the response headers. */
  readonly headers: number;
  /** Arrival of each chunk; as many as there are chunks. */
  readonly chunks: readonly number[];
}

/** The failure of a connection, as the client was told of it. */
export interface TransportError {
  /** System or client code: `ECONNRESET`, `UND_ERR_SOCKET`, ... */
  readonly code?: string | undefined;
  readonly message: string;
}

export interface RecordedResponse {
  /** HTTP status; `0` where the connection ended before there was one. */
  readonly status: number;
  readonly statusText: string;
  readonly headers: HeaderLines;
  /** The body as it was read, one element a read. Empty for an empty body. */
  readonly chunks: readonly Uint8Array[];
  /** `undefined` on a tape written by hand without times. */
  readonly timing?: ResponseTiming | undefined;
  readonly end: StreamEnd;
  /** Set where the client got an error instead of an end: always with `reset`, sometimes with `truncated`. */
  readonly error?: TransportError | undefined;
  /**
   * `true` where `chunks` are what was left after the client had undone `content-encoding` (a fetch
   * client never shows the encoded bytes) although `headers` still name that encoding.
   */
  readonly decoded?: boolean | undefined;
}

/** One recorded request and its response. */
export interface Interaction {
  readonly kind: "request";
  /** Milliseconds since the tape began. */
  readonly at: number;
  /** Which test recorded it; only on a tape that several tests may record into. */
  readonly test?: string | undefined;
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** An entry of the timeline. A closed union that grows: switch on `kind` exhaustively. */
export type TapeEntry = Interaction;

/** What code under test saw of the clock and of chance while a tape was recorded with `freeze`. */
export interface Frozen {
  /** ISO 8601 instant at which the clock stood. */
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
