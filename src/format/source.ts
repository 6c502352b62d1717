import type { Tape, TapeEntry } from "../cassette/model.ts";
import type { Outline } from "./outline.ts";
import type { TapeHead } from "./read-head.ts";

/** The text that a tape was read from. Unchanged entries are written as they are in it. */
export interface TapeSource {
  readonly text: string;
  readonly head: TapeHead;
  readonly interactions: readonly TapeEntry[];
  /** `undefined` if the text cannot be cut into its interactions. */
  readonly outline: Outline | undefined;
}

export interface EntrySource {
  readonly source: TapeSource;
  /** Position on the tape that it was read from. */
  readonly index: number;
  /** The entry has changed since then: its text does not fit, the comments above it do. */
  readonly changed: boolean;
}

const tapes = new WeakMap<object, TapeSource>();
const entries = new WeakMap<TapeEntry, EntrySource>();

export function rememberSource(tape: Tape, source: TapeSource): void {
  tapes.set(tape, source);
  if (tape.recorded) tapes.set(tape.recorded, source);
  tape.interactions.forEach((entry, index) => {
    entries.set(entry, { source, index, changed: false });
  });
}

/** The source of a tape that was read, or of one made from it that still has its `recorded` or one of its entries. */
export function sourceOfTape(tape: Tape): TapeSource | undefined {
  const own = tapes.get(tape) ?? (tape.recorded && tapes.get(tape.recorded));
  if (own !== undefined) return own;
  for (const entry of tape.interactions) {
    const known = entries.get(entry);
    if (known !== undefined) return known.source;
  }
  return undefined;
}

export function sourceOfEntry(entry: TapeEntry): EntrySource | undefined {
  return entries.get(entry);
}

/** Whether a tape has this entry's text: it is not new. */
export function isFromFile(entry: TapeEntry): boolean {
  return entries.has(entry);
}

/** Makes `after` the successor of `before`: it is rendered again, below the comments of `before`. */
export function rememberChange(before: TapeEntry, after: TapeEntry): void {
  const known = entries.get(before);
  if (known !== undefined) entries.set(after, { ...known, changed: true });
}

/**
 * Returns the tape with other interactions. Everything that was on it before keeps its text when it is written,
 * comments included.
 */
export function withInteractions(tape: Tape, interactions: readonly TapeEntry[]): Tape {
  const changed: Tape = { ...tape, interactions };
  const source = sourceOfTape(tape);
  if (source !== undefined) tapes.set(changed, source);
  return changed;
}
