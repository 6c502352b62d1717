/** What tells one state of a file from another. */
export interface FileState {
  /** Nanoseconds since the epoch. */
  readonly modified: bigint;
  readonly size: number;
  readonly inode: bigint;
}

interface Kept {
  readonly state: FileState;
  readonly value: unknown;
}

/**
 * Keeps what was made of a file for as long as the file stays the same: a large tape is read once in a worker
 * and not once in each test. The longest unused go first once the files add up to more than `maxBytes`.
 */
export class Memo {
  readonly #kept = new Map<string, Kept>();
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** The value made of this state of the file; made now where there is none. What throws is not kept. */
  get<T>(file: string, state: FileState, make: () => T): T {
    const kept = this.#kept.get(file);
    if (kept !== undefined) {
      this.#kept.delete(file);
      if (sameState(kept.state, state)) {
        this.#kept.set(file, kept);
        return kept.value as T;
      }
      this.#bytes -= kept.state.size;
    }
    const value = make();
    this.#kept.set(file, { state, value });
    this.#bytes += state.size;
    for (const [other, { state: old }] of this.#kept) {
      if (this.#bytes <= this.#maxBytes || other === file) break;
      this.#kept.delete(other);
      this.#bytes -= old.size;
    }
    return value;
  }
}

function sameState(one: FileState, other: FileState): boolean {
  return one.modified === other.modified && one.size === other.size && one.inode === other.inode;
}
