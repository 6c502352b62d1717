import type { TapeEntry } from "../cassette/model.ts";

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
