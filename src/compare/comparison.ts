import type { TapeEntry } from "../cassette/model.ts";

/** Two tapes, compared by what they mean. */
export interface TapeComparison {
  /** Whether a person who reviews the later tape would want to know of any difference. */
  readonly differs: boolean;
  /** In the order of the later tape. An entry that is gone stands after the entries that it followed. */
  readonly entries: readonly EntryComparison[];
}

export interface EntryComparison {
  readonly status: "same" | "moved" | "changed" | "added" | "removed";
  /** `undefined` if it was added. */
  readonly before: PlacedEntry | undefined;
  /** `undefined` if it was removed. */
  readonly after: PlacedEntry | undefined;
  /** Whether it changed places with another entry that did not run at the same time. */
  readonly moved: boolean;
  readonly changes: readonly Change[];
  readonly timing: readonly TimingChange[];
  /** The meaning is the same, but the bytes or the chunks of the response are not. */
  readonly note: "other chunks" | "other bytes" | undefined;
}

export interface PlacedEntry {
  readonly entry: TapeEntry;
  /** Position on its tape, from 0. */
  readonly index: number;
}

/**
 * The subject of a change. Parts of a request come first, then those of its response; `value` is a field of another
 * kind of entry.
 */
export type ChangedPart =
  | "prompt"
  | "request"
  | "status"
  | "header"
  | "model"
  | "reasoning"
  | "text"
  | "refusal"
  | "tool call"
  | "finish"
  | "usage"
  | "error"
  | "end"
  | "body"
  | "value";

/** One difference in meaning. */
export interface Change {
  readonly part: ChangedPart;
  /** Place in the part, with the indexes of the later tape: `body.messages[1].content`. */
  readonly path?: string | undefined;
  /** JSON; `undefined` if there was nothing. */
  readonly before: unknown;
  /** JSON; `undefined` if there is nothing. */
  readonly after: unknown;
}

/** A time or rate that both recordings have. */
export interface TimingChange {
  readonly name: "first token" | "first chunk" | "duration" | "tokens/s";
  /** Milliseconds, or tokens per second. */
  readonly before: number;
  readonly after: number;
  /** `after / before`. */
  readonly ratio: number;
  /** Whether it is more than the usual noise of a network. */
  readonly notable: boolean;
}
