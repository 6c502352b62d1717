import type { TapeEntry } from "../cassette/model.ts";
import type { MatchState } from "../options/decide.ts";
import type { Timeline } from "./timeline.ts";

interface Line<Entry> {
  readonly entries: Entry[];
  /** Everything before it was played. */
  first: number;
}

/** What a tape has for a key. */
export interface Found<Entry> {
  readonly state: MatchState;
  readonly recording: Entry | undefined;
}

/** Hands out the recorded entries of one kind by key, first in, first out; those of the test that plays before others. */
export class EntryQueue<Entry extends TapeEntry> {
  readonly #timeline: Timeline;
  readonly #keyOf: (entry: Entry) => string;
  readonly #lines = new Map<string, Line<Entry>>();

  constructor(timeline: Timeline, entries: readonly Entry[], keyOf: (entry: Entry) => string) {
    this.#timeline = timeline;
    this.#keyOf = keyOf;
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

  /** Returns the entry to play next, or the last one if all were played. */
  find(key: string): Found<Entry> {
    const next = this.#next(key);
    if (next !== undefined) return { state: "next", recording: next };
    const last = this.#lines.get(key)?.entries.at(-1);
    return { state: last === undefined ? "none" : "used-up", recording: last };
  }

  /** Returns whether an entry was played, or another one of the same key. */
  wasAsked(entry: Entry): boolean {
    const { entries = [] } = this.#lines.get(this.#keyOf(entry)) ?? {};
    return entries.some((each) => this.#timeline.played(each) > 0);
  }

  /** Returns the entries that were not played, in the order in which they are to be played. */
  left(key: string): readonly Entry[] {
    const { ancestry } = this.#timeline;
    const { entries = [] } = this.#lines.get(key) ?? {};
    const left = entries.filter((entry) => this.#timeline.played(entry) === 0);
    if (!ancestry.isNeeded) return left;
    return [
      ...left.filter((entry) => ancestry.isExpected(entry)),
      ...left.filter((entry) => !ancestry.isExpected(entry)),
    ];
  }

  /** Returns the next entry that was not played; those that happened in a call that is played come last. */
  #next(key: string): Entry | undefined {
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
