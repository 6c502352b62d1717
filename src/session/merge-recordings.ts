import type { TapeEntry } from "../cassette/model.ts";

/** A new recording, and the old one that was played last before it began. */
export interface Addition {
  readonly entry: TapeEntry;
  readonly after: TapeEntry | undefined;
}

/**
 * Merges old and new recordings in the order in which they began. A new one goes after the old one that
 * was played last before it, and after those added there already; it goes to the end if that old one is gone.
 *
 * @param played whether any old recording was played. If none was, the place of the
 * new ones is unknown, and the end keeps the diff small.
 */
export function mergeRecordings(
  old: readonly TapeEntry[],
  additions: readonly Addition[],
  played: boolean,
): TapeEntry[] {
  const behind = Map.groupBy(additions, ({ after }) => after);
  const added = (after: TapeEntry | undefined): readonly TapeEntry[] =>
    (behind.get(after) ?? []).map(({ entry }) => entry);
  const first = added(undefined);
  const rest = old.flatMap((each) => [each, ...added(each)]);
  const placed = new Set<TapeEntry | undefined>([undefined, ...old]);
  const last = additions.filter(({ after }) => !placed.has(after)).map(({ entry }) => entry);
  return played ? [...first, ...rest, ...last] : [...rest, ...first, ...last];
}
