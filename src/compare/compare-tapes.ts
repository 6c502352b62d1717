import { durationOf } from "../cassette/duration-of.ts";
import type { TapeEntry } from "../cassette/model.ts";
import { differences, valueDifferences } from "../diagnosis/differences.ts";
import { isContainer } from "../matching/container.ts";
import { endpointOf, type NormalizedRequest, normalizeWritten } from "../matching/normalize.ts";
import { compileRules, type MatchRules } from "../matching/rules.ts";
import { stableText } from "../matching/stable-text.ts";
import { type Alignment, align, outOfOrder, type Pair } from "./align.ts";
import { compareEntries } from "./compare-entries.ts";
import { compareTiming } from "./compare-timing.ts";
import type { EntryComparison, TapeComparison } from "./comparison.ts";
import { entryGroup, entryKey, entryValue } from "./entry-value.ts";

export interface CompareOptions {
  /** How requests are compared. @defaultValue rules without options */
  readonly rules?: MatchRules | undefined;
}

/**
 * Compares two tapes by what they mean: what was asked, what came back, in which order and how fast. Ids, dates, chunk
 * boundaries and what providers change on every run are no differences.
 */
export function compareTapes(
  before: readonly TapeEntry[],
  after: readonly TapeEntry[],
  { rules = compileRules() }: CompareOptions = {},
): TapeComparison {
  const normalized = normalizer(rules);
  const pairs = align(before, after, alignment(normalized));
  const moved = new Set(outOfOrder(pairs).filter((pair) => passesOther(pair, pairs, before, after)));
  const compared = pairs.map((pair): EntryComparison => {
    const [earlier, later] = [before[pair.before] as TapeEntry, after[pair.after] as TapeEntry];
    const { changes, note } = compareEntries(earlier, later, normalized);
    const timing = compareTiming(earlier, later);
    const isMoved = moved.has(pair);
    const isChanged = changes.length > 0 || timing.some(({ notable }) => notable);
    return {
      status: isChanged ? "changed" : isMoved ? "moved" : "same",
      before: { entry: earlier, index: pair.before },
      after: { entry: later, index: pair.after },
      moved: isMoved,
      changes,
      timing,
      note,
    };
  });
  const entries = withUnpaired(compared, before, after);
  return { differs: entries.some(({ status }) => status !== "same"), entries };
}

/** Returns a text for each entry that is equal for entries which ask the same. */
export function entryKeys(entries: readonly TapeEntry[]): readonly string[] {
  return entries.map(alignment(normalizer(compileRules())).keyOf);
}

/** Normalizes each request once. */
function normalizer(rules: MatchRules): (entry: TapeEntry) => NormalizedRequest | undefined {
  const known = new Map<TapeEntry, NormalizedRequest>();
  return (entry) => {
    if (entry.kind !== "request") return undefined;
    const normalized = known.get(entry) ?? normalizeWritten(entry.request, rules);
    known.set(entry, normalized);
    return normalized;
  };
}

function alignment(normalized: (entry: TapeEntry) => NormalizedRequest | undefined): Alignment<TapeEntry> {
  const groupOf = (entry: TapeEntry): string => {
    if (entry.kind !== "request") return entryGroup(entry);
    const request = normalized(entry);
    return `request ${request === undefined ? "" : endpointOf(request)}`;
  };
  return {
    groupOf,
    keyOf: (entry) =>
      entry.kind === "request"
        ? `request ${normalized(entry)?.fingerprint}`
        : stableText([groupOf(entry), entryKey(entry)]),
    likeness(before, after) {
      const [recorded, live] = [normalized(before), normalized(after)];
      if (recorded !== undefined && live !== undefined) {
        const size = Math.max(leaves(recorded.body), leaves(live.body));
        return likenessOf(differences(live, recorded), size);
      }
      if (before.kind === "request" || after.kind === "request") return 0;
      const [old, now] = [entryValue(before), entryValue(after)];
      return likenessOf(valueDifferences("", now, old), Math.max(leaves(old), leaves(now)));
    },
    // Another endpoint or model may answer what one answered before.
    mayReplace: (before, after) =>
      before.kind === "request" ? after.kind === "request" : groupOf(before) === groupOf(after),
  };
}

function likenessOf(differing: readonly { readonly weight: number }[], size: number): number {
  const weight = differing.reduce((sum, each) => sum + each.weight, 0);
  return Math.max(0, 1 - weight / Math.max(1, size));
}

/** Counts the values in JSON. */
function leaves(value: unknown): number {
  if (!isContainer(value)) return 1;
  return Object.values(value).reduce<number>((sum, each) => sum + leaves(each), 0);
}

/** Whether the order changed with an entry that did not run at the same time: of others, the order is chance. */
function passesOther(
  pair: Pair,
  pairs: readonly Pair[],
  before: readonly TapeEntry[],
  after: readonly TapeEntry[],
): boolean {
  return pairs.some((other) => {
    const crosses = (pair.before - other.before) * (pair.after - other.after) < 0;
    return (
      crosses &&
      !(
        overlap(before[pair.before] as TapeEntry, before[other.before] as TapeEntry) &&
        overlap(after[pair.after] as TapeEntry, after[other.after] as TapeEntry)
      )
    );
  });
}

function overlap(one: TapeEntry, other: TapeEntry): boolean {
  return one.at < other.at + durationOf(other) && other.at < one.at + durationOf(one);
}

/** Puts what was added in its place, and what was removed after what stood before it. */
function withUnpaired(
  compared: readonly EntryComparison[],
  before: readonly TapeEntry[],
  after: readonly TapeEntry[],
): readonly EntryComparison[] {
  const byAfter = new Map(compared.map((each) => [each.after?.index, each]));
  const byBefore = new Map(compared.map((each) => [each.before?.index, each]));
  const alone = { moved: false, changes: [], timing: [], note: undefined };
  const removedFrom = (start: number): readonly EntryComparison[] => {
    const removed: EntryComparison[] = [];
    for (let index = start; index < before.length && !byBefore.has(index); index += 1) {
      const entry = before[index] as TapeEntry;
      removed.push({ status: "removed", before: { entry, index }, after: undefined, ...alone });
    }
    return removed;
  };
  return [
    ...removedFrom(0),
    ...after.flatMap((entry, index): readonly EntryComparison[] => {
      const pair = byAfter.get(index);
      if (pair === undefined) {
        return [{ status: "added", before: undefined, after: { entry, index }, ...alone }];
      }
      return [pair, ...removedFrom((pair.before?.index ?? 0) + 1)];
    }),
  ];
}
