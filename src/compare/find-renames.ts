import type { TapeEntry } from "../cassette/model.ts";
import { entryKeys } from "./compare-tapes.ts";

/** A tape under its name. */
export interface NamedTape {
  readonly name: string;
  readonly entries: readonly TapeEntry[];
}

/** Two tapes are the same one under another name if they share at least this part of what they ask. */
const LEAST_SHARE = 0.5;

/** Finds tapes that were renamed: those that are gone and those that are new, with much of the same. By new name. */
export function findRenames(
  gone: readonly NamedTape[],
  added: readonly NamedTape[],
): ReadonlyMap<string, NamedTape> {
  const keys = (tapes: readonly NamedTape[]) =>
    tapes.map((tape) => ({ tape, keys: entryKeys(tape.entries) }));
  const old = keys(gone);
  const candidates = keys(added).flatMap((later) =>
    old.map((earlier) => ({
      earlier: earlier.tape,
      later: later.tape,
      share: sharedPart(earlier.keys, later.keys),
    })),
  );
  const found = new Map<string, NamedTape>();
  const taken = new Set<NamedTape>();
  for (const { earlier, later, share } of candidates.sort((one, other) => other.share - one.share)) {
    if (share < LEAST_SHARE || taken.has(earlier) || found.has(later.name)) continue;
    taken.add(earlier);
    found.set(later.name, earlier);
  }
  return found;
}

function sharedPart(one: readonly string[], other: readonly string[]): number {
  const left = [...other];
  const shared = one.filter((key) => {
    const index = left.indexOf(key);
    if (index !== -1) left.splice(index, 1);
    return index !== -1;
  });
  return shared.length / Math.max(one.length, other.length, 1);
}
