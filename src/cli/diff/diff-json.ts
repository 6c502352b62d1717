import type { EntryComparison } from "../../compare/comparison.ts";
import { type CassetteDiff, isDifferent } from "./cassette-diff.ts";
import { whatOf } from "./entry-lines.ts";

/** Returns the output of `diff --json`. Positions count from 1. */
export function jsonOf(diffs: readonly CassetteDiff[]): object {
  return {
    differs: diffs.some(isDifferent),
    cassettes: diffs.map(({ file, from, status, comparison, error }) => ({
      file,
      from,
      status,
      error,
      entries: (comparison?.entries ?? []).map(entryJson),
    })),
  };
}

function entryJson({ status, before, after, moved, changes, timing, note }: EntryComparison): object {
  return {
    status,
    kind: (after ?? before)?.entry.kind,
    what: whatOf({ before, after }),
    before: before && before.index + 1,
    after: after && after.index + 1,
    moved,
    changes,
    timing,
    note,
  };
}
