import type { TapeEntry } from "./model.ts";

/**
 * The position of an entry relative to the furthest entry played: `next` directly follows it, `ahead` comes
 * later, `behind` comes before it.
 */
export type Turn = "next" | "ahead" | "behind";

/**
 * Tracks which entries of a tape were played. Every question about one request costs the same on a tape of any
 * length.
 */
export class Playhead {
  readonly #entries: readonly TapeEntry[];
  readonly #positions: ReadonlyMap<TapeEntry, number>;
  #counts = new Map<TapeEntry, number>();
  #furthest = -1;
  /** The index of the first unplayed entry in each list of candidates. It only grows. */
  #cursors = new WeakMap<readonly TapeEntry[], number>();

  constructor(entries: readonly TapeEntry[]) {
    this.#entries = entries;
    this.#positions = new Map(entries.map((entry, position) => [entry, position]));
  }

  /** Position on the tape, from 0; `-1` if the entry is not on it. */
  position(entry: TapeEntry): number {
    return this.#positions.get(entry) ?? -1;
  }

  /** How often the entry was played. */
  played(entry: TapeEntry): number {
    return this.#counts.get(entry) ?? 0;
  }

  /** Compares the entry's position with the furthest entry played. */
  turn(entry: TapeEntry): Turn {
    const position = this.position(entry);
    if (position <= this.#furthest) return "behind";
    return position === this.#furthest + 1 ? "next" : "ahead";
  }

  /**
   * Picks the candidate to play: the first unplayed one in the order of the tape. In `recorded` order it
   * prefers one after everything that was played.
   *
   * @param candidates - entries in the order of the tape; the same list again is cheaper
   */
  next(candidates: readonly TapeEntry[], order: "any" | "recorded" = "any"): TapeEntry | undefined {
    return order === "recorded"
      ? (this.#firstBeyond(candidates) ?? this.#firstUnplayed(candidates))
      : this.#firstUnplayed(candidates);
  }

  /** Marks the entry as played one more time. */
  play(entry: TapeEntry): void {
    this.#counts.set(entry, this.played(entry) + 1);
    this.#furthest = Math.max(this.#furthest, this.position(entry));
  }

  /** Lists the entries that were not played, in the order of the tape. */
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
