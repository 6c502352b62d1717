import type { TapeEntry } from "../cassette/model.ts";
import type { Timeline } from "./timeline.ts";

interface Line<Entry> {
  readonly entries: Entry[];
  /** Everything before it was played. */
  first: number;
}

/** Hands out the recorded entries of one kind by key, first in, first out; those of the test that plays before others. */
export class EntryQueue<Entry extends TapeEntry> {
  readonly #timeline: Timeline;
  readonly #lines = new Map<string, Line<Entry>>();

  constructor(timeline: Timeline, entries: readonly Entry[], keyOf: (entry: Entry) => string) {
    this.#timeline = timeline;
    for (const entry of [
      ...entries.filter(timeline.isOwn),
      ...entries.filter((each) => !timeline.isOwn(each)),
    ]) {
      const key = keyOf(entry);
      const line = this.#lines.get(key);
      if (line === undefined) this.#lines.set(key, { entries: [entry], first: 0 });
      else line.entries.push(entry);
    }
  }

  /** Returns all entries with this key. */
  all(key: string): readonly Entry[] {
    return this.#lines.get(key)?.entries ?? [];
  }

  /** Returns the next entry that was not played; those that happened in a call that is played come last. */
  next(key: string): Entry | undefined {
    const line = this.#lines.get(key);
    if (line === undefined) return undefined;
    const { entries } = line;
    const { ancestry } = this.#timeline;
    const isLeft = (entry: Entry): boolean => this.#timeline.played(entry) === 0;
    while (line.first < entries.length && !isLeft(entries[line.first] as Entry)) line.first++;
    const next = entries[line.first];
    if (next === undefined || !ancestry.isNeeded || ancestry.isExpected(next)) return next;
    return (
      entries.find((entry, index) => index > line.first && isLeft(entry) && ancestry.isExpected(entry)) ??
      next
    );
  }
}
