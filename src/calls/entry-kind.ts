import type { TapeEntry } from "../cassette/model.ts";

/** One kind of entry in the run of a test. A new kind joins by implementing this, and by an error for its misses. */
export interface EntryKind<Entry extends TapeEntry = never> {
  /** Whether the run has to ask for an entry that is on the tape. By default, it has to. */
  isJudged?(entry: Entry): boolean;
  /** Whether the run has played an entry, or another one that is equal. */
  wasAsked(entry: Entry): boolean;
  /** What came with an entry, and means nothing without it. What happened in a call or step is known anyway. */
  cameWith?(entry: Entry): readonly TapeEntry[];
  /** Ends all waiting. Nothing may be asked for from now on. */
  stop?(): void;
  /** Waits, not for long, until everything that is being recorded has ended. */
  settle?(): Promise<void>;
}

/** The implementations of all kinds. */
export type EntryKinds = {
  readonly [Kind in TapeEntry["kind"]]: EntryKind<Extract<TapeEntry, { readonly kind: Kind }>>;
};

/** Counts what a run asked for, of all kinds. */
export interface Tally {
  asked: number;
  played: number;
  recorded: number;
  missed: number;
  substituted: number;
}
