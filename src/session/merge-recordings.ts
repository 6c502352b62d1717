import type { Addition, TapeEntry } from "../cassette/model.ts";

/**
 * Merges old and new recordings in the order in which they began. A new one goes behind the old one that was played last
 * before it, and behind those added there already; it goes to the end if that old one is gone.
 */
export function mergeRecordings(
  old: readonly TapeEntry[],
  additions: readonly Addition[],
): readonly TapeEntry[] {
  if (additions.length === 0) return old;
  const known = new Set<Addition["after"]>(["start", ...old]);
  const behind = Map.groupBy(additions, ({ after }) => (known.has(after) ? after : "end"));
  const added = (after: Addition["after"]): readonly TapeEntry[] =>
    (behind.get(after) ?? []).map(({ entry }) => entry);
  return [...added("start"), ...old.flatMap((each) => [each, ...added(each)]), ...added("end")];
}

/** Merges what several tests have recorded, one after the other. */
export function mergeAll(
  old: readonly TapeEntry[],
  additions: readonly (readonly Addition[])[],
): readonly TapeEntry[] {
  return additions.reduce(mergeRecordings, old);
}

/** Puts what each test has recorded in place of its old recordings, and what is new at the end. */
export function replaceRecordings(
  old: readonly TapeEntry[],
  stays: (entry: TapeEntry) => boolean,
  recorded: readonly TapeEntry[],
): readonly TapeEntry[] {
  const byTest = Map.groupBy(recorded, ({ test }) => test);
  const replaced = old.flatMap((entry) => {
    if (stays(entry)) return [entry];
    const own = byTest.get(entry.test) ?? [];
    byTest.delete(entry.test);
    return own;
  });
  return [...replaced, ...[...byTest.values()].flat()];
}
