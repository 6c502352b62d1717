import type { Interaction } from "../cassette/model.ts";

/** A new recording, and the old one that was played last before its request was sent. */
export interface Addition {
  readonly interaction: Interaction;
  readonly after: Interaction | undefined;
}

/**
 * Merges old and new recordings in the order in which their requests were sent. A new one goes after the old one that
 * was played last before it, and after those added there already; it goes to the end if that old one is gone.
 *
 * @param played whether any old recording was played. If none was, the place of the
 * new ones is unknown, and the end keeps the diff small.
 */
export function mergeRecordings(
  old: readonly Interaction[],
  additions: readonly Addition[],
  played: boolean,
): Interaction[] {
  const behind = Map.groupBy(additions, ({ after }) => after);
  const added = (after: Interaction | undefined): readonly Interaction[] =>
    (behind.get(after) ?? []).map(({ interaction }) => interaction);
  const first = added(undefined);
  const rest = old.flatMap((each) => [each, ...added(each)]);
  const placed = new Set<Interaction | undefined>([undefined, ...old]);
  const last = additions.filter(({ after }) => !placed.has(after)).map(({ interaction }) => interaction);
  return played ? [...first, ...rest, ...last] : [...rest, ...first, ...last];
}
