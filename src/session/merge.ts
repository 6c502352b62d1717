import type { Interaction } from "../cassette/model.ts";

/** A new recording, and the old one that was played last before its request was sent. */
export interface Addition {
  readonly interaction: Interaction;
  readonly after: Interaction | undefined;
}

/**
 * Old and new recordings in the order in which their requests were sent: a new one stands behind the old
 * one that was played last before it, and behind what was added there already; at the end where that one is gone.
 *
 * @param played whether any old recording was played: without one there is no place to go by, and the end
 * keeps the diff small
 */
export function mergeRecordings(
  old: readonly Interaction[],
  additions: readonly Addition[],
  played: boolean,
): Interaction[] {
  const behind = new Map<Interaction | undefined, Interaction[]>();
  for (const { interaction, after } of additions) {
    const list = behind.get(after) ?? [];
    list.push(interaction);
    behind.set(after, list);
  }
  const first = behind.get(undefined) ?? [];
  const rest = old.flatMap((each) => [each, ...(behind.get(each) ?? [])]);
  const placed = new Set<Interaction | undefined>([undefined, ...old]);
  const last = additions.filter(({ after }) => !placed.has(after)).map(({ interaction }) => interaction);
  return played ? [...first, ...rest, ...last] : [...rest, ...first, ...last];
}
