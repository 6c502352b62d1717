import { YamlError } from "../yaml-reader.ts";

/** Thrown if the fast path cannot read a text: it is not in the form that this package writes. */
class GiveUp extends Error {}
export const GIVE_UP = new GiveUp("not in the form that recordings have");

/** How many values may still be read. All parts of a text share one. */
export interface ValueBudget {
  readonly max: number;
  left: number;
}

export const SPACE = 32;
export const LF = 10;
export const CR = 13;
export const TAB = 9;
export const HASH = 35;

const MAX_DEPTH = 64;

/** The current line of a part of a text. Skips comments and blank lines. */
export class LineCursor {
  readonly text: string;
  /** Offset after the part. */
  readonly to: number;
  /** Column of the first character of the line that is not a space; -1 at the end. */
  indent = -1;
  /** Offset of that character. */
  at: number;
  /** Offset after the line, without its line end. */
  end: number;
  /** Offset of the next line. */
  next: number;
  readonly #budget: ValueBudget;
  #depth = 0;

  constructor(text: string, from: number, to: number, budget: ValueBudget) {
    this.text = text;
    this.to = to;
    this.#budget = budget;
    this.at = from;
    this.end = from;
    this.next = from;
  }

  /** Moves to the next line with more than a comment. */
  advance(): void {
    const { text, to } = this;
    let start = this.next;
    while (start < to) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      let next = text.indexOf("\n", at);
      if (next === -1 || next >= to) next = to;
      const first = at < to ? text.charCodeAt(at) : LF;
      if (first !== LF && first !== HASH && !(first === CR && at + 1 === next)) {
        if (first === TAB) throw GIVE_UP;
        this.indent = at - start;
        this.at = at;
        this.end = text.charCodeAt(next - 1) === CR ? next - 1 : next;
        this.next = next + 1;
        return;
      }
      start = next + 1;
    }
    this.indent = -1;
    this.at = to;
    this.end = to;
    this.next = to;
  }

  /** Moves to the next line after a value that ends at `close`. Only a comment may follow the value. */
  leave(close: number): void {
    const at = this.skipSpaces(close);
    if (at < this.end && (this.text.charCodeAt(at) !== HASH || at === close)) throw GIVE_UP;
    this.advance();
  }

  /** The next offset on this line that is not a space, or the end of the line. */
  skipSpaces(from: number): number {
    let at = from;
    while (at < this.end && this.text.charCodeAt(at) === SPACE) at += 1;
    return at;
  }

  /** Whether nothing but a comment follows `at` on the line. */
  isBare(at: number): boolean {
    return at >= this.end || this.text.charCodeAt(at) === HASH;
  }

  /** Reads a nested value, up to a maximum depth. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /**
   * Counts a value: it takes fifty times the memory of the two characters that may write it.
   *
   * @throws YamlError if the budget is spent
   */
  spend(at: number): void {
    this.#budget.left -= 1;
    if (this.#budget.left >= 0) return;
    throw new YamlError(`it has more than ${this.#budget.max} values`, at, { tooLarge: true });
  }
}
