import type { MatchOptions } from "../matching/match-options.ts";
import type { RedactOptions } from "../redaction/options.ts";

export type { MatchOptions, RedactOptions };

/** What happens to a request without a recording; see `decide()`. */
export type Mode = "strict" | "warn" | "hybrid";
/**
 * The value of `RECORD`: replay only, re-record everything, record only new requests, or also drop unused recordings.
 */
export type RecordChoice = "off" | "all" | "new" | "update";
export type Scope = "test" | "file";
export type Repeat = "never" | "last";
export type Order = "any" | "recorded";
export type Verdict = "error" | "warn" | "ignore";
export type Stale = "error" | "warn" | "record";
export type Outside = "bypass" | "warn" | "error";

/** `instant`: no waiting; `recorded`: the recorded times; a number: a speed factor. */
export type Pacing = "instant" | "recorded" | number;

/**
 * Where the bytes of a recorded body are cut into reads: as recorded, not at all, after every event, after every
 * byte, after every `size` bytes, or at random places that depend only on `seed`.
 */
export type Chunks =
  | "recorded"
  | "whole"
  | "events"
  | "bytes"
  | { readonly size: number }
  | { readonly seed: number };

/** A place in a response: after a number of chunks, events, or milliseconds. */
export type FaultPlace = { readonly chunks: number } | { readonly events: number } | { readonly ms: number };

/**
 * - `cut`: the body ends, as if it were complete
 * - `reset`: the connection fails
 * - `stall`: nothing arrives for `ms`, then the rest
 * - `error`: the provider sends its own error event, then nothing
 */
export type FaultKind = "cut" | "reset" | "stall" | "error";

/** A failure in the middle of a replayed response. */
export interface Fault {
  /** Where the failure happens. A number counts chunks. */
  readonly after: number | FaultPlace;
  readonly kind: FaultKind;
  /**
   * How long a `stall` lasts, in milliseconds.
   *
   * @defaultValue forever
   */
  readonly ms?: number | undefined;
}

/** What the code under test sees as it was when the cassette was recorded. */
export interface FreezeOptions {
  /** The clock that `Date` reads. @defaultValue `false` */
  readonly time?: boolean | undefined;
  /** `Math.random` and `crypto.getRandomValues`. @defaultValue `false` */
  readonly random?: boolean | undefined;
  /** `crypto.randomUUID`. @defaultValue `false` */
  readonly uuid?: boolean | undefined;
}

/** What a recorded function does when it is called in a replay. */
export type CallPolicy = "replay" | "live" | "ignore";

/** By the name of the function; `'*'` stands for all others. */
export type CallPolicies = Readonly<Record<string, CallPolicy>>;

/** The name of a program (`'git'`), or a regular expression on the command line. */
export type ProcessSelector = string | RegExp;

/** Child processes to record. */
export interface ProcessRule {
  readonly command: ProcessSelector;
  /** Names of variables of their environment to record and compare. @defaultValue `[]` */
  readonly env?: readonly string[] | undefined;
}

/** Selects requests: a URL prefix, a regular expression on the URL, or a function of the request. */
export type RequestSelector = string | RegExp | ((request: Request) => boolean);

/**
 * Options of one cassette, or in the plugin, of all. If both set one, the test's value wins; lists (`include`,
 * `ignore`, `processes`, those in `match` and `redact`) are joined.
 */
export interface CassetteOptions {
  /** What happens to a request without a recording. `CASSETTE_MODE` wins over it. @defaultValue `'strict'` */
  readonly mode?: Mode | undefined;
  /** `'file'`: one cassette for all tests of a file. @defaultValue `'test'` */
  readonly scope?: Scope | undefined;
  /** Requests to record in addition to the default ones, such as those to a local server. @defaultValue `[]` */
  readonly include?: readonly RequestSelector[] | undefined;
  /** Requests to leave alone. Wins over `include`. @defaultValue `[]` */
  readonly ignore?: readonly RequestSelector[] | undefined;
  /** How a request is paired with its recording. @defaultValue compares everything but what providers vary */
  readonly match?: MatchOptions | undefined;
  /** `'last'`: the last recording of a request answers all further ones. @defaultValue `'never'` */
  readonly repeat?: Repeat | undefined;
  /** `'recorded'`: requests must be sent in the recorded order. @defaultValue `'any'` */
  readonly order?: Order | undefined;
  /**
   * What happens if recordings are left over at the end.
   *
   * @defaultValue `'error'` in strict mode, `'warn'` in warn mode, `'ignore'` in hybrid mode
   */
  readonly unplayed?: Verdict | undefined;
  /** How fast a recording is replayed. @defaultValue `'instant'` */
  readonly pacing?: Pacing | undefined;
  /** Where a replayed body is cut into reads. A cassette with this never records. @defaultValue `'recorded'` */
  readonly chunks?: Chunks | undefined;
  /** A failure in a replayed response. A cassette with this never records. @defaultValue `false` */
  readonly fault?: Fault | false | undefined;
  /** Gives the code under test the recorded time, random numbers and UUIDs. @defaultValue `false` */
  readonly freeze?: boolean | FreezeOptions | undefined;
  /**
   * How old a cassette may be: milliseconds, or a number with a unit (`'30d'`, `'12h'`, `'2w'`). Units are
   * `ms`, `s`, `m`, `h`, `d`, `w`. `false`: any age.
   *
   * @defaultValue `false`
   */
  readonly maxAge?: number | string | false | undefined;
  /** What happens to a cassette older than `maxAge`. @defaultValue `'error'` */
  readonly stale?: Stale | undefined;
  /** What to remove in addition to what is always removed. @defaultValue `{}` */
  readonly redact?: RedactOptions | undefined;
  /** How much of one response body is recorded, in bytes. @defaultValue `16777216` (16 MiB) */
  readonly maxBytes?: number | undefined;
  /**
   * What a recorded function does in a replay, by its name; `'*'` stands for all others. `replay`: nothing, its caller
   * gets the recording; `live`: it runs, and its result is compared with the recording; `ignore`: it runs and is not
   * recorded.
   *
   * @defaultValue `{ '*': 'replay' }`
   */
  readonly calls?: CallPolicies | undefined;
  /**
   * Child processes to record, and to play without starting them. A string is the name of a program; a regular
   * expression is tested on the command line.
   *
   * @defaultValue `[]`
   */
  readonly processes?: readonly (ProcessSelector | ProcessRule)[] | undefined;
  /**
   * A checkpoint: everything before it is played, everything after it goes live, and is recorded again with `RECORD=1`.
   * In CI, everything is played.
   *
   * @defaultValue none
   */
  readonly liveAfter?: string | undefined;
  /**
   * Sends spans and metrics of what happens to OpenTelemetry, through the project's own `@opentelemetry/api`.
   *
   * @defaultValue `false`
   */
  readonly otel?: boolean | OtelOptions | undefined;
}

/** What is used of a `Tracer` of `@opentelemetry/api`. */
export interface OtelTracer {
  startSpan(name: string, options?: object, context?: object): object;
}

/** What is used of a `Meter` of `@opentelemetry/api`. */
export interface OtelMeter {
  createHistogram(name: string, options?: object): object;
}

/** Options of the output to OpenTelemetry. */
export interface OtelOptions {
  /** A `Tracer` of `@opentelemetry/api`. @defaultValue one of the global provider */
  readonly tracer?: OtelTracer | undefined;
  /** A `Meter` of `@opentelemetry/api`. @defaultValue one of the global provider */
  readonly meter?: OtelMeter | undefined;
  /**
   * Whether spans hold messages and the input and output of tools.
   *
   * @defaultValue what `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says; `false` if it is unset
   */
  readonly content?: boolean | undefined;
}

/** Options of the live view. */
export interface LiveOptions {
  /** @defaultValue a free port */
  readonly port?: number | undefined;
  /** The address to listen on. With another one, other machines can connect. @defaultValue `'127.0.0.1'` */
  readonly host?: string | undefined;
  /** Whether to open the page in the browser. @defaultValue `false` */
  readonly open?: boolean | undefined;
}

/** Options of the plugin: those of a test, and some for the project alone. */
export interface ProjectOptions extends CassetteOptions {
  /** Root folder of the cassettes, relative to the project's root. @defaultValue `'cassettes'` */
  readonly dir?: string | undefined;
  /** What happens if a test uses the network while no cassette is open. Loopback is let through. @defaultValue `'bypass'` */
  readonly outside?: Outside | undefined;
  /** Whether replay sets unset key variables of providers to a placeholder. @defaultValue `true` */
  readonly placeholderKeys?: boolean | undefined;
  /**
   * Writes each event as a line: to stderr, or to the file of this name relative to the project's root.
   * `DEBUG=vitest-cassette` does the same. @defaultValue `false`
   */
  readonly debug?: boolean | string | undefined;
  /** Whether the run ends with a summary of its cassettes. @defaultValue `true` */
  readonly summary?: boolean | undefined;
  /**
   * Shows the run in the browser while it runs. `VITEST_CASSETTE_LIVE` wins over it: `1`, `0`, or a port.
   *
   * @defaultValue `false`
   */
  readonly live?: boolean | LiveOptions | undefined;
  /** How large a cassette file may be to be read, in bytes. @defaultValue `67108864` (64 MiB) */
  readonly maxTapeBytes?: number | undefined;
  /**
   * How large a binary response body may be to be written into the cassette, in bytes. A larger one is in a compressed file
   * beside it.
   *
   * @defaultValue `65536` (64 KiB)
   */
  readonly maxInlineBytes?: number | undefined;
}

/** `MatchOptions` with defaults applied. */
export interface ResolvedMatch {
  readonly ignore: readonly string[];
  /** Lower case. */
  readonly headers: readonly string[];
  readonly normalize: MatchOptions["normalize"];
  readonly by: MatchOptions["by"];
}

/** `RedactOptions` with defaults applied. */
export interface ResolvedRedact {
  readonly headers: readonly string[];
  readonly fields: readonly string[];
  readonly query: readonly string[];
  readonly values: readonly string[];
  readonly patterns: readonly RegExp[];
  readonly replace: ((text: string) => string) | undefined;
  readonly restore: boolean;
  readonly allow: readonly string[];
}

/** Every option with its final value. */
export interface ResolvedOptions {
  readonly mode: Mode;
  readonly scope: Scope;
  readonly include: readonly RequestSelector[];
  readonly ignore: readonly RequestSelector[];
  readonly match: ResolvedMatch;
  readonly repeat: Repeat;
  readonly order: Order;
  readonly unplayed: Verdict;
  readonly pacing: Pacing;
  readonly chunks: Chunks;
  readonly fault: { readonly after: FaultPlace; readonly kind: FaultKind; readonly ms: number } | undefined;
  readonly freeze: { readonly time: boolean; readonly random: boolean; readonly uuid: boolean } | undefined;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
  readonly stale: Stale;
  readonly redact: ResolvedRedact;
  readonly maxBytes: number;
  readonly calls: CallPolicies;
  readonly processes: readonly { readonly command: ProcessSelector; readonly env: readonly string[] }[];
  readonly liveAfter: string | undefined;
  /** `undefined` if nothing is sent. */
  readonly otel: OtelOptions | undefined;
  readonly dir: string;
  readonly outside: Outside;
  readonly placeholderKeys: boolean;
  readonly debug: boolean | string;
  readonly maxTapeBytes: number;
  readonly maxInlineBytes: number;
}
