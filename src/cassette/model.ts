import type { ProcessPart } from "./process-part.ts";
import type { TapeValue } from "./tape-value.ts";

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
  /** Header lines that came after the body; `undefined` if there were none. */
  readonly trailers?: HeaderLines | undefined;
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

/** What every entry of the timeline has. */
export interface EntryPlace {
  /** Milliseconds since the tape began. */
  readonly at: number;
  /** The test that recorded it; only on a tape that several tests share. */
  readonly test?: string | undefined;
  /** The call or step that it happened in: its `id`, or its name if it has none. */
  readonly parent?: string | undefined;
}

/** One recorded request and its response. */
export interface Interaction extends EntryPlace {
  readonly kind: "request";
  readonly request: RecordedRequest;
  readonly response: RecordedResponse;
}

/** How a function gives its result: at once, as a promise, or item by item. */
export type CallForm =
  | "value"
  | "promise"
  | "iterable"
  | "async iterable"
  | "stream"
  | "promise of iterable"
  | "promise of async iterable"
  | "promise of stream";

export const CALL_FORMS: readonly CallForm[] = [
  "value",
  "promise",
  "iterable",
  "async iterable",
  "stream",
  "promise of iterable",
  "promise of async iterable",
  "promise of stream",
];

/** What a function threw: an error, or any other value. */
export type RecordedThrown = RecordedError | { readonly thrown: TapeValue };

export interface RecordedError {
  readonly name: string;
  /** The name of its class, if that is another one. */
  readonly class?: string | undefined;
  readonly code?: string | number | undefined;
  readonly message: string;
  readonly cause?: RecordedThrown | undefined;
  /** Of an `AggregateError`. */
  readonly errors?: readonly RecordedThrown[] | undefined;
}

/** A call of a tool or of any other function. */
export interface RecordedCall extends EntryPlace {
  readonly kind: "call";
  readonly name: string;
  /** Set if another entry of the same name comes before it, and something happened in it. */
  readonly id?: string | undefined;
  readonly type: "function" | "tool";
  /** The version that the function was given. Only the same version is played. */
  readonly version?: string | undefined;
  /** The argument that is compared; `undefined` if there was none. */
  readonly input?: TapeValue | undefined;
  readonly form: CallForm;
  /** What it returned; of a generator, its return value. */
  readonly output?: TapeValue | undefined;
  /** Only of a form with items. */
  readonly items?: readonly TapeValue[] | undefined;
  /** When each item came, in milliseconds since the call. */
  readonly times?: readonly number[] | undefined;
  /** `aborted` if the caller stopped reading. */
  readonly end: "complete" | "aborted";
  readonly error?: RecordedThrown | undefined;
  /** Milliseconds. `undefined` on a tape written by hand. */
  readonly duration?: number | undefined;
}

export type StepType = "step" | "agent" | "task";

export const STEP_TYPES: readonly StepType[] = ["step", "agent", "task"];

/** A part of the run, with a name. */
export interface RecordedStep extends EntryPlace {
  readonly kind: "step";
  readonly name: string;
  /** Set if another entry of the same name comes before it, and something happened in it. */
  readonly id?: string | undefined;
  readonly type: StepType;
  /** Milliseconds. `undefined` on a tape written by hand. */
  readonly duration?: number | undefined;
}

/** A moment of the run, with a value that later runs are compared with. */
export interface RecordedCheckpoint extends EntryPlace {
  readonly kind: "checkpoint";
  readonly label: string;
  readonly value?: TapeValue | undefined;
  /** Not compared. */
  readonly metadata?: TapeValue | undefined;
}

/** What the other side of an MCP connection answered instead of a result. */
export interface RecordedMcpError {
  readonly code: number;
  readonly message: string;
  readonly data?: TapeValue | undefined;
}

/** A request with its answer, or a notification, between an MCP client and a server. */
export interface RecordedMcp extends EntryPlace {
  readonly kind: "mcp";
  readonly method: string;
  readonly type: "request" | "notification";
  /** Who sent it. */
  readonly from: "client" | "server";
  /** The name of the server; `undefined` for the first one without a name. */
  readonly server?: string | undefined;
  readonly params?: TapeValue | undefined;
  /** Of a request. Without a result and an error, it was not answered. */
  readonly result?: TapeValue | undefined;
  readonly error?: RecordedMcpError | undefined;
  /** Milliseconds until the answer. `undefined` on a tape written by hand. */
  readonly duration?: number | undefined;
}

/** Returns what a message with this method is, if the tape does not say. */
export function mcpTypeOf(method: string): RecordedMcp["type"] {
  return method.startsWith("notifications/") ? "notification" : "request";
}

/** A child process. */
export interface RecordedProcess extends EntryPlace {
  readonly kind: "process";
  /** The name of the program, without its folder. */
  readonly command: string;
  /** Paths in the project's folder are relative to it. `undefined` if a shell ran it. */
  readonly args?: readonly string[] | undefined;
  /** The line that a shell ran. */
  readonly shell?: string | undefined;
  /** The working directory, relative to the project's folder; `undefined` for that folder itself. */
  readonly cwd?: string | undefined;
  /** The variables of its environment that the test chose. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** What it was given and gave, in the order in which that happened. */
  readonly io: readonly ProcessPart[];
  /** Its exit code, or the signal that ended it; `undefined` if it did not start, or ran until the end of the recording. */
  readonly exit?: number | string | undefined;
  /** The failure of a process that did not start, or of a synchronous call: `ENOENT`, `ETIMEDOUT`. */
  readonly error?: string | undefined;
  /** Milliseconds. `undefined` on a tape written by hand. */
  readonly duration?: number | undefined;
}

/** An entry of the timeline. More kinds will be added: switch on `kind` exhaustively. */
export type TapeEntry =
  | Interaction
  | RecordedCall
  | RecordedStep
  | RecordedCheckpoint
  | RecordedMcp
  | RecordedProcess;

/** A new entry, and its place on the tape: behind an old one, or at an end. */
export interface Addition {
  readonly entry: TapeEntry;
  readonly after: TapeEntry | "start" | "end";
}

/** Returns how an entry is named as a parent; `undefined` if nothing can happen in it. */
export function idOf(entry: TapeEntry): string | undefined {
  switch (entry.kind) {
    case "call":
    case "step":
      return entry.id ?? entry.name;
    case "request":
    case "checkpoint":
    case "mcp":
    case "process":
      return undefined;
  }
}

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
  /** The timeline: everything that was recorded, in the order in which it began. */
  readonly interactions: readonly TapeEntry[];
}

/** Returns the requests of a tape, without the other entries. */
export function interactionsOf({ interactions }: Pick<Tape, "interactions">): readonly Interaction[] {
  return interactions.filter((entry) => entry.kind === "request");
}
