import type { Tape, TapeEntry } from "../cassette/model.ts";
import type { Outline } from "./outline.ts";
import type { TapeHead } from "./read-head.ts";

/** The text that a tape was read from, for what nobody touched to be written as it stood there. */
export interface TapeSource {
  readonly text: string;
  readonly head: TapeHead;
  readonly interactions: readonly TapeEntry[];
  /** `undefined` where the text cannot be cut into its interactions. */
  readonly outline: Outline | undefined;
}

export interface EntrySource {
  readonly source: TapeSource;
  /** Place on the tape that it was read from. */
  readonly index: number;
}

const tapes = new WeakMap<object, TapeSource>();
const entries = new WeakMap<TapeEntry, EntrySource>();

export function rememberSource(tape: Tape, source: TapeSource): void {
  tapes.set(tape, source);
  if (tape.recorded) tapes.set(tape.recorded, source);
  tape.interactions.forEach((entry, index) => {
    entries.set(entry, { source, index });
  });
}

/** Of a tape as it was read, or of one that was made from it and still has its `recorded` or one of its entries. */
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

/**
 * The tape with other interactions, for a recording that adds to it: written, it keeps the text of everything
 * that was there before, comments included.
 */
export function withInteractions(tape: Tape, interactions: readonly TapeEntry[]): Tape {
  const changed: Tape = { ...tape, interactions };
  const source = sourceOfTape(tape);
  if (source !== undefined) tapes.set(changed, source);
  return changed;
}
