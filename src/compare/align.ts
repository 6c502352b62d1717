import { bisect } from "../cassette/bisect.ts";

/** How entries are paired. */
export interface Alignment<T> {
  /** Equal for entries that ask the same. */
  keyOf(entry: T): string;
  /** Only entries of the same group are compared for likeness. */
  groupOf(entry: T): string;
  /** From 0 to 1. */
  likeness(before: T, after: T): number;
  /** Whether one may have taken the place of the other, however different they are. */
  mayReplace(before: T, after: T): boolean;
}

export interface Pair {
  /** Position in the first list. */
  readonly before: number;
  /** Position in the second list. */
  readonly after: number;
}

/** Entries that are less alike are one removed and one added. */
const LEAST_LIKENESS = 0.5;
/** Of very many entries of one group, only those at about the same place are compared. */
const MAX_COMPARED = 4096;
const NEIGHBORS = 8;

/**
 * Pairs the entries of two lists: those that ask the same, in their order; then those that are most alike; then those
 * that are alone between the same neighbors. Each entry is in one pair at most. Sorted by `after`.
 */
export function align<T>(before: readonly T[], after: readonly T[], by: Alignment<T>): readonly Pair[] {
  const pairs = pairEqual(before, after, by);
  pairs.push(...pairAlike(before, after, by, pairs));
  pairs.push(...pairLeftOver(before, after, by, pairs));
  return pairs.sort((one, other) => one.after - other.after);
}

function pairEqual<T>(before: readonly T[], after: readonly T[], { keyOf }: Alignment<T>): Pair[] {
  const positions = Map.groupBy(before.keys(), (index) => keyOf(before[index] as T));
  return after.flatMap((entry, index) => {
    const first = positions.get(keyOf(entry))?.shift();
    return first === undefined ? [] : [{ before: first, after: index }];
  });
}

function pairAlike<T>(
  before: readonly T[],
  after: readonly T[],
  { groupOf, likeness }: Alignment<T>,
  pairs: readonly Pair[],
): readonly Pair[] {
  const left = unpaired(before, after, pairs);
  const groups = Map.groupBy(left.before, (index) => groupOf(before[index] as T));
  const candidates: (Pair & { readonly likeness: number })[] = [];
  for (const [group, ofAfter] of Map.groupBy(left.after, (index) => groupOf(after[index] as T))) {
    const ofBefore = groups.get(group) ?? [];
    const all = ofBefore.length * ofAfter.length <= MAX_COMPARED;
    ofAfter.forEach((later, place) => {
      const near = all ? ofBefore : ofBefore.slice(Math.max(0, place - NEIGHBORS), place + NEIGHBORS);
      for (const earlier of near) {
        const like = likeness(before[earlier] as T, after[later] as T);
        if (like >= LEAST_LIKENESS) candidates.push({ before: earlier, after: later, likeness: like });
      }
    });
  }
  const distance = (pair: Pair): number => Math.abs(pair.before - pair.after);
  candidates.sort((one, other) => other.likeness - one.likeness || distance(one) - distance(other));
  const taken = { before: new Set<number>(), after: new Set<number>() };
  return candidates.flatMap((pair) => {
    if (taken.before.has(pair.before) || taken.after.has(pair.after)) return [];
    taken.before.add(pair.before);
    taken.after.add(pair.after);
    return [{ before: pair.before, after: pair.after }];
  });
}

/** Pairs the entries that are left over between the same neighbors, if both lists have equally many. */
function pairLeftOver<T>(
  before: readonly T[],
  after: readonly T[],
  { mayReplace }: Alignment<T>,
  pairs: readonly Pair[],
): readonly Pair[] {
  const partner = new Map(pairs.map((pair) => [pair.after, pair.before]));
  const taken = new Set(pairs.map((pair) => pair.before));
  const found: Pair[] = [];
  for (let start = 0; start < after.length; start += 1) {
    if (partner.has(start)) continue;
    let end = start;
    while (end < after.length && !partner.has(end)) end += 1;
    const from = start === 0 ? 0 : (partner.get(start - 1) as number) + 1;
    let to = from;
    while (to < before.length && !taken.has(to)) to += 1;
    if (to - from === end - start && end - start > 0) {
      for (let offset = 0; offset < end - start; offset += 1) {
        const pair = { before: from + offset, after: start + offset };
        if (mayReplace(before[pair.before] as T, after[pair.after] as T)) found.push(pair);
      }
    }
    start = end;
  }
  return found;
}

function unpaired(
  before: readonly unknown[],
  after: readonly unknown[],
  pairs: readonly Pair[],
): { readonly before: readonly number[]; readonly after: readonly number[] } {
  const paired = {
    before: new Set(pairs.map((pair) => pair.before)),
    after: new Set(pairs.map((pair) => pair.after)),
  };
  return {
    before: [...before.keys()].filter((index) => !paired.before.has(index)),
    after: [...after.keys()].filter((index) => !paired.after.has(index)),
  };
}

/** Returns the pairs that are not in the longest sequence whose order is the same in both lists. */
export function outOfOrder(pairs: readonly Pair[]): readonly Pair[] {
  // Patience sorting: `ends[n]` is the pair that ends the best sequence of n + 1 pairs.
  const ends: number[] = [];
  const previous: number[] = [];
  pairs.forEach((pair, index) => {
    const at = bisect(ends.length, (end) => (pairs[ends[end] as number] as Pair).before >= pair.before);
    previous[index] = ends[at - 1] ?? -1;
    ends[at] = index;
  });
  const inOrder = new Set<number>();
  for (let index = ends.at(-1) ?? -1; index !== -1; index = previous[index] as number) inOrder.add(index);
  return pairs.filter((_, index) => !inOrder.has(index));
}
