import type { MatchOptions } from "../matching/match-options.ts";
import type { RedactOptions } from "../redaction/options.ts";

export type { MatchOptions, RedactOptions };

/** What a request meets that is not on the tape; see `decide()`. */
export type Mode = "strict" | "warn" | "hybrid";
/** What `RECORD` says: play only, record all anew, or record only what the tape does not hold. */
export type RecordChoice = "off" | "all" | "new";
export type Scope = "test" | "file";
export type Repeat = "never" | "last";
export type Order = "any" | "recorded";
export type Verdict = "error" | "warn" | "ignore";
export type Stale = "error" | "warn" | "record";
export type Outside = "bypass" | "warn" | "error";

/** `instant`: no waiting; `recorded`: as it was; a number: so many times faster than recorded. */
export type Pacing = "instant" | "recorded" | number;

/**
 * Where the bytes of a recorded body are cut into reads: as recorded, not at all, after every byte,
 * after every so many bytes, or at places that follow from a seed.
 */
export type Chunks = "recorded" | "whole" | "bytes" | { readonly size: number } | { readonly seed: number };

/** A place in a response: after so many chunks, events, or milliseconds. */
export type FaultPlace = { readonly chunks: number } | { readonly events: number } | { readonly ms: number };

/**
 * - `cut`: the body ends there, as if it were complete
 * - `reset`: the connection fails there
 * - `stall`: nothing comes for `ms`, then the rest
 * - `error`: the provider's own error event stands in the stream there
 */
export type FaultKind = "cut" | "reset" | "stall" | "error";

/** A failure in the middle of a recorded answer. */
export interface Fault {
  /** A number is a number of chunks. */
  readonly after: number | FaultPlace;
  readonly kind: FaultKind;
  /**
   * How long a `stall` lasts, in milliseconds.
   *
   * @defaultValue for ever
   */
  readonly ms?: number | undefined;
}

/** What the code under test sees again as it was at recording. */
export interface FreezeOptions {
  /** The clock that `Date` reads. @defaultValue `false` */
  readonly time?: boolean | undefined;
  /** `Math.random` and `crypto.getRandomValues`. @defaultValue `false` */
  readonly random?: boolean | undefined;
  /** `crypto.randomUUID`. @defaultValue `false` */
  readonly uuid?: boolean | undefined;
}

/** Which requests: a prefix of the URL, a regular expression on the URL, or a function of the request. */
export type RequestSelector = string | RegExp | ((request: Request) => boolean);

/**
 * What a test may choose for its cassette, and a project for all of them. Where both say something, the
 * test's single values win, and lists (`include`, `ignore`, those in `match` and `redact`) are joined.
 */
export interface CassetteOptions {
  /** What a request meets that is not on the tape. `CASSETTE_MODE` wins over it. @defaultValue `'strict'` */
  readonly mode?: Mode | undefined;
  /** `'file'`: one tape for all tests of a file. @defaultValue `'test'` */
  readonly scope?: Scope | undefined;
  /** Requests to tape beyond those taken by default, such as calls to a server on this machine. @defaultValue `[]` */
  readonly include?: readonly RequestSelector[] | undefined;
  /** Requests to leave alone; wins over `include`. @defaultValue `[]` */
  readonly ignore?: readonly RequestSelector[] | undefined;
  /** How a request is paired with its recording. @defaultValue all is compared but what a provider is known to vary */
  readonly match?: MatchOptions | undefined;
  /** `'last'`: the last recording of a request answers any further ones. @defaultValue `'never'` */
  readonly repeat?: Repeat | undefined;
  /** `'recorded'`: the sequence of requests is checked too. @defaultValue `'any'` */
  readonly order?: Order | undefined;
  /**
   * What a recording meets that no request asked for.
   *
   * @defaultValue `'error'` in strict mode, `'warn'` in warn mode, `'ignore'` in hybrid mode
   */
  readonly unplayed?: Verdict | undefined;
  /** How fast a recording is played. @defaultValue `'instant'` */
  readonly pacing?: Pacing | undefined;
  /** Where the bytes of a body are cut into reads. @defaultValue `'recorded'` */
  readonly chunks?: Chunks | undefined;
  /** A failure in the middle of a recorded answer; `false` for none. @defaultValue `false` */
  readonly fault?: Fault | false | undefined;
  /** What the code under test sees again as it was at recording; `true` for all of it. @defaultValue `false` */
  readonly freeze?: boolean | FreezeOptions | undefined;
  /**
   * The age that a tape may have: milliseconds, or a number with a unit (`'30d'`, `'12h'`, `'2w'`); units
   * are `ms`, `s`, `m`, `h`, `d`, `w`. `false`: any.
   *
   * @defaultValue `false`
   */
  readonly maxAge?: number | string | false | undefined;
  /** What a tape older than `maxAge` meets. @defaultValue `'error'` */
  readonly stale?: Stale | undefined;
  /** What is removed from a tape besides what always is. @defaultValue `{}` */
  readonly redact?: RedactOptions | undefined;
  /** How much of one body is taped, in bytes. @defaultValue `16777216` (16 MiB) */
  readonly maxBytes?: number | undefined;
}

/** What a project chooses in `vitest.config.ts`: every option of a test, and some that are only the project's. */
export interface ProjectOptions extends CassetteOptions {
  /** Root folder of the tapes, relative to the root of the project. @defaultValue `'cassettes'` */
  readonly dir?: string | undefined;
  /** What traffic meets that is sent outside any open cassette. Loopback is always left alone. @defaultValue `'bypass'` */
  readonly outside?: Outside | undefined;
  /** Whether the key variables of providers get a placeholder in replay where they are unset. @defaultValue `true` */
  readonly placeholderKeys?: boolean | undefined;
  /** How large a tape may be that is read, in bytes. @defaultValue `67108864` (64 MiB) */
  readonly maxTapeBytes?: number | undefined;
}

/** `MatchOptions` with nothing left open. */
export interface ResolvedMatch {
  readonly ignore: readonly string[];
  /** Lower case. */
  readonly headers: readonly string[];
  readonly normalize: MatchOptions["normalize"];
  readonly by: MatchOptions["by"];
}

/** `RedactOptions` with nothing left open. */
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

/** Every option with a value: what the environment, the test, the project and the defaults come to. */
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
  readonly dir: string;
  readonly outside: Outside;
  readonly placeholderKeys: boolean;
  readonly maxTapeBytes: number;
}
