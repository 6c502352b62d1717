import { YamlError } from "../yaml-reader.ts";

/** Thrown where the quick reader does not go on: the text is not in the form of tapes. */
class GiveUp extends Error {}
export const GIVE_UP = new GiveUp("not in the form of tapes");

/** How many values may still be taken in; one for all parts of a text. */
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

/** Where the quick reader is: a line of a part of a text, comments and blank lines being passed over. */
export class LineCursor {
  readonly text: string;
  /** Offset behind the part. */
  readonly to: number;
  /** Column of the first character of the line that is not a space; -1 at the end. */
  indent = -1;
  /** Offset of that character. */
  at: number;
  /** Offset behind the line, without its end. */
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

  /** Goes to the next line that holds more than a comment. */
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

  /** Goes on to the next line from a value that is closed at `close`, behind which only a comment may stand. */
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

  /** `true` where the line holds nothing more from `at` on but perhaps a comment. */
  isBare(at: number): boolean {
    return at >= this.end || this.text.charCodeAt(at) === HASH;
  }

  /** Reads something that stands inside something else. */
  nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /**
   * A value takes some fifty times the memory of the two characters that it may be written in.
   *
   * @throws YamlError where the budget is spent
   */
  spend(at: number): void {
    this.#budget.left -= 1;
    if (this.#budget.left >= 0) return;
    throw new YamlError(`it has more than ${this.#budget.max} values`, at, { tooLarge: true });
  }
}
