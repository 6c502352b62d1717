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

/** What the run of one test means for old recordings, under `RECORD=update`. */
export interface TapeUpdate {
  /** Recordings that nothing in the test asks for any more; none if the test failed. */
  readonly unplayed: readonly TapeEntry[];
  /** Recordings that stay with another content. */
  readonly revised: ReadonlyMap<TapeEntry, TapeEntry>;
  /** Whether the test played an entry: what one test plays stays, whoever recorded it. */
  readonly played: (entry: TapeEntry) => boolean;
}

/** Drops what is no longer asked for, and revises what has changed. Returns the same list if nothing did. */
export function updateEntries(
  entries: readonly TapeEntry[],
  updates: readonly TapeUpdate[],
): readonly TapeEntry[] {
  const dropped = new Set(
    updates
      .flatMap(({ unplayed }) => unplayed)
      .filter((entry) => !updates.some(({ played }) => played(entry))),
  );
  const revised = new Map(updates.flatMap((update) => [...update.revised]));
  if (dropped.size === 0 && revised.size === 0) return entries;
  return entries.filter((entry) => !dropped.has(entry)).map((entry) => revised.get(entry) ?? entry);
}
