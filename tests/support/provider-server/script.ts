/**
 * What the server is asked to do beside answering: every field is optional, an empty script is a
 * well-behaved provider. Handed over as the `x-test-script` header or the `test-script` query
 * parameter (JSON), or to `startProviderServer({ script })`; the request's own fields win.
 */
export interface Script {
  // What the model says.

  /** The whole visible text of the answer. */
  readonly text?: string;
  /** How many pieces of text the answer has, made up; `text` wins. */
  readonly tokens?: number;
  /** Whether the model reasons first; otherwise the request decides, as at the provider. */
  readonly reasoning?: boolean;
  /** How many of the offered tools are called; otherwise up to two, and none after a tool's result. */
  readonly toolCalls?: number;
  /** Makes ids and text differ from one request to the next. */
  readonly vary?: boolean;
  /** An HTTP error of this status in the provider's own shape instead of an answer. */
  readonly status?: number;
  /** Value of `retry-after`, for use with `status`. */
  readonly retryAfter?: string;
  /** The provider's own error event after this many events, and nothing after it. */
  readonly errorAfter?: number;
  /** A redirect before the answer; `to` is the same address without the redirect. */
  readonly redirect?: { readonly status: 301 | 302 | 303 | 307 | 308; readonly to?: string };

  // How the bytes are laid out.

  /** Where the body is cut into writes. `event` by default. */
  readonly cut?: Cut;
  /** An SSE comment with this text before the first event and after every third. */
  readonly comments?: string;
  /** A byte order mark before an SSE stream. */
  readonly bom?: boolean;
  /** Line ends of an SSE stream instead of the provider's own. */
  readonly eol?: "lf" | "crlf" | "cr";
  /** Content encoding: forced, or `accepted`: the first of `accept-encoding` that is known. */
  readonly encoding?: "gzip" | "br" | "deflate" | "accepted";
  /** How the end of the body is told; `chunked` for streams, `length` for the rest. */
  readonly framing?: "chunked" | "length" | "close";

  // When they are sent.

  /** Milliseconds before the response headers. */
  readonly headerDelay?: number;
  /** Milliseconds between writes; `0` is one turn of the event loop. */
  readonly pace?: number;
  /** A pause of `ms` after `after` writes. */
  readonly stall?: { readonly after: number; readonly ms: number };

  // How it ends.

  readonly ending?: Ending;
  /** Writes before an ending other than `complete` and `truncated`; 3 by default. */
  readonly endAfter?: number;

  // Head of the response.

  /** Informational responses before the real one: 102, 103. */
  readonly informational?: readonly (102 | 103)[];
  readonly statusText?: string;
  /** Header lines added, with their case; the same name may stand twice. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
  /** `content-type` told, whatever the body is. */
  readonly contentType?: string;
  /** `content-length` told, whatever the body has. */
  readonly contentLength?: number;
}

/**
 * - `event`: one event a write
 * - `byte`: one byte a write
 * - `character`: inside every character of several bytes
 * - `crlf`: between every CR and LF
 * - `joined`: everything in one write
 * - `{ events }`: that many events a write
 * - a number: writes of that many bytes
 * - numbers: writes of these sizes in turn, the rest in one
 */
export type Cut =
  | "event"
  | "byte"
  | "character"
  | "crlf"
  | "joined"
  | number
  | readonly number[]
  | { readonly events: number };

/**
 * - `complete`: as the provider means it
 * - `truncated`: without the provider's terminal event, HTTP ends in order
 * - `cut`: FIN in the middle of the body, without the last chunk
 * - `reset`: RST in the middle of the body
 * - `reset-before-headers`, `close-before-headers`: RST or FIN instead of a response
 * - `endless`: the events before the end, over and over
 * - `hang`: nothing more after `endAfter` writes, the connection stays open
 */
export type Ending =
  | "complete"
  | "truncated"
  | "cut"
  | "reset"
  | "reset-before-headers"
  | "close-before-headers"
  | "endless"
  | "hang";

const KEYS: Readonly<Record<keyof Script, true>> = {
  text: true,
  tokens: true,
  reasoning: true,
  toolCalls: true,
  vary: true,
  status: true,
  retryAfter: true,
  errorAfter: true,
  redirect: true,
  cut: true,
  comments: true,
  bom: true,
  eol: true,
  encoding: true,
  framing: true,
  headerDelay: true,
  pace: true,
  stall: true,
  ending: true,
  endAfter: true,
  informational: true,
  statusText: true,
  headers: true,
  contentType: true,
  contentLength: true,
};

/** The headers that make a client drive the server: for an SDK's default headers. */
export function scriptHeaders(script: Script): { "x-test-script": string } {
  const json = JSON.stringify(script).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return { "x-test-script": json };
}

/** Reads a script from JSON. Throws on a field that no script has, naming those there are. */
export function parseScript(json: string): Script {
  const script = JSON.parse(json) as Script;
  for (const key of Object.keys(script)) {
    if (!(key in KEYS)) {
      throw new Error(
        `Failed to read test script: no field "${key}". Fields: ${Object.keys(KEYS).join(", ")}`,
      );
    }
  }
  return script;
}
