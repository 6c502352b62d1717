import { idOf, type RecordedCall, type TapeEntry } from "../cassette/model.ts";

/** Knows in which calls and steps the entries of a tape happened, and which of the calls ran in this run. */
export class Ancestry {
  readonly #byId = new Map<string | undefined, Map<string, TapeEntry>>();
  readonly #ran = new Set<TapeEntry>();
  readonly #entries: readonly TapeEntry[];
  #children: ReadonlyMap<TapeEntry | undefined, readonly TapeEntry[]> | undefined;
  /** Whether any entry has a parent. */
  readonly isNeeded: boolean;

  constructor(entries: readonly TapeEntry[]) {
    this.#entries = entries;
    this.isNeeded = entries.some(({ parent }) => parent !== undefined);
    if (!this.isNeeded) return;
    for (const entry of entries) {
      const id = idOf(entry);
      if (id === undefined) continue;
      const ids = this.#byId.get(entry.test) ?? new Map<string, TapeEntry>();
      if (!ids.has(id)) this.#byId.set(entry.test, ids.set(id, entry));
    }
  }

  parentOf({ parent, test }: TapeEntry): TapeEntry | undefined {
    return parent === undefined ? undefined : this.#byId.get(test)?.get(parent);
  }

  /** Notes that a recorded call was not played but ran. */
  ran(call: TapeEntry): void {
    this.#ran.add(call);
  }

  /** Returns what happened in an entry, in the order of the tape. */
  inside(entry: TapeEntry): readonly TapeEntry[] {
    if (!this.isNeeded) return [];
    this.#children ??= Map.groupBy(this.#entries, (each) => this.parentOf(each));
    return (this.#children.get(entry) ?? []).flatMap((child) => [child, ...this.inside(child)]);
  }

  /** Returns whether this run has to ask for the entry: what happened in a call does not happen if the call is played. */
  isExpected(entry: TapeEntry): boolean {
    return this.callsAround(entry).every((call) => this.#ran.has(call));
  }

  /** Returns the calls that an entry happened in, from the inside out. */
  callsAround(entry: TapeEntry): readonly RecordedCall[] {
    const calls: RecordedCall[] = [];
    for (let parent = this.parentOf(entry); parent !== undefined; parent = this.parentOf(parent)) {
      if (parent.kind === "call") calls.push(parent);
    }
    return calls;
  }
}
