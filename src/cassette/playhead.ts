import type { TapeEntry } from "./model.ts";

/**
 * Where an entry stands to what was played: `next` directly behind the furthest entry played, `ahead`
 * further on, `behind` before it.
 */
export type Turn = "next" | "ahead" | "behind";

/**
 * What of a tape was played and what is left. Knows only entries and how often each was played; every
 * question about one request costs the same on a tape of any length.
 */
export class Playhead {
  readonly #entries: readonly TapeEntry[];
  readonly #positions: ReadonlyMap<TapeEntry, number>;
  #counts = new Map<TapeEntry, number>();
  #furthest = -1;
  /** Where in a list of candidates the first unplayed one was last seen: it only ever moves on. */
  #cursors = new WeakMap<readonly TapeEntry[], number>();

  constructor(entries: readonly TapeEntry[]) {
    this.#entries = entries;
    this.#positions = new Map(entries.map((entry, position) => [entry, position]));
  }

  /** Position on the tape, from 0; `-1` for what is not on it. */
  position(entry: TapeEntry): number {
    return this.#positions.get(entry) ?? -1;
  }

  /** How often the entry was played. */
  played(entry: TapeEntry): number {
    return this.#counts.get(entry) ?? 0;
  }

  /** Where the entry stands to what was played. */
  turn(entry: TapeEntry): Turn {
    const position = this.position(entry);
    if (position <= this.#furthest) return "behind";
    return position === this.#furthest + 1 ? "next" : "ahead";
  }

  /**
   * The candidate to play: the first in the order of the tape that was not played; in `recorded` order
   * one that stands behind all that was played, if there is such a one.
   *
   * @param candidates - entries in the order of the tape; asking again with the same list is cheaper
   */
  next(candidates: readonly TapeEntry[], order: "any" | "recorded" = "any"): TapeEntry | undefined {
    return order === "recorded"
      ? (this.#firstBeyond(candidates) ?? this.#firstUnplayed(candidates))
      : this.#firstUnplayed(candidates);
  }

  /** Marks the entry as played once more. */
  play(entry: TapeEntry): void {
    this.#counts.set(entry, this.played(entry) + 1);
    this.#furthest = Math.max(this.#furthest, this.position(entry));
  }

  /** All entries that were not played, in the order of the tape. */
  unplayed(): readonly TapeEntry[] {
    return this.#entries.filter((entry) => this.played(entry) === 0);
  }

  /** Rewinds the tape, for the next attempt of a test. */
  reset(): void {
    this.#counts = new Map();
    this.#furthest = -1;
    this.#cursors = new WeakMap();
  }

  #firstUnplayed(candidates: readonly TapeEntry[]): TapeEntry | undefined {
    let cursor = this.#cursors.get(candidates) ?? 0;
    while (cursor < candidates.length && this.played(candidates[cursor]!) > 0) cursor++;
    this.#cursors.set(candidates, cursor);
    return candidates[cursor];
  }

  #firstBeyond(candidates: readonly TapeEntry[]): TapeEntry | undefined {
    let low = 0;
    let high = candidates.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.position(candidates[middle]!) > this.#furthest) high = middle;
      else low = middle + 1;
    }
    return candidates[low];
  }
}
