import type { Script } from "./script.ts";

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** A request as a wire format sees it. */
export interface WireRequest {
  readonly method: string;
  /** Percent-decoded path, no query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The body where it is JSON, otherwise `undefined`. */
  readonly body: unknown;
  readonly bytes: Uint8Array;
  readonly script: Script;
  /** How many requests the server had before this one. */
  readonly nth: number;
  /** The server's own origin. */
  readonly origin: string;
}

/** What is to be sent, before a script changes how. */
export interface Answer {
  readonly status: number;
  readonly headers: HeaderList;
  /** One event each; a body that is no stream is one piece. */
  readonly pieces: readonly (string | Uint8Array)[];
  /** `true` for a body that the provider sends while it is made. */
  readonly streamed: boolean;
  /** How many of the last pieces are the provider's terminal event. */
  readonly terminal: number;
}

/** One provider's API. */
export interface Wire {
  readonly name: string;
  readonly path: RegExp;
  answer(request: WireRequest): Answer;
  /** The provider's HTTP error of this status. */
  failure(status: number, request: WireRequest): Answer;
  /** Events that tell of a failure inside a stream, after `sent` events; absent where the API has none. */
  streamFailure?(request: WireRequest, sent: number): readonly (string | Uint8Array)[];
}

/** A body that is sent whole. */
export function whole(status: number, headers: HeaderList, body: string | Uint8Array): Answer {
  return { status, headers, pieces: body.length === 0 ? [] : [body], streamed: false, terminal: 0 };
}

/** A JSON body that is sent whole. */
export function wholeJson(status: number, headers: HeaderList, value: unknown): Answer {
  return whole(status, [["content-type", "application/json"], ...headers], JSON.stringify(value));
}

/** A streamed body; the last `terminal` pieces are the provider's end marker. */
export function stream(
  headers: HeaderList,
  pieces: readonly (string | Uint8Array)[],
  terminal: number,
): Answer {
  return { status: 200, headers, pieces, streamed: true, terminal };
}

/** One SSE event with LF. */
export function sse(data: unknown, event?: string): string {
  const text = typeof data === "string" ? data : JSON.stringify(data);
  return `${event === undefined ? "" : `event: ${event}\n`}data: ${text}\n\n`;
}
