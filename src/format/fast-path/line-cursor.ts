import { GIVE_UP } from "./own-scalars.ts";

const SPACE = 32;

/** Walks over the lines of a text. The current line is the next one with more than a comment. */
export class LineCursor {
  readonly text: string;
  /** The offset of the first character of the current line after its indentation; the text's length at its end. */
  at = 0;
  /** The column of that character; -1 at the end of the text. */
  indent = -1;
  /** The offset of a line's end: that of the current line, or of a later one. */
  #end = -1;

  constructor(text: string) {
    this.text = text;
    this.findLine(0);
  }

  /** Makes the first line with content from the line at `start` on the current one. */
  findLine(start: number): void {
    const text = this.text;
    for (let line = start; line < text.length; ) {
      const at = this.skipSpaces(line);
      const char = text[at];
      const isBlank = char === undefined || char === "\n" || char === "#" || text.startsWith("\r\n", at);
      if (!isBlank) {
        if (char === "\t") throw GIVE_UP;
        this.indent = at - line;
        this.at = at;
        return;
      }
      line = this.lineEnd(at) + 1;
    }
    this.indent = -1;
    this.at = text.length;
  }

  /** Moves to the next line. After `at`, the current one may have a comment and nothing else. */
  leave(at: number): void {
    const after = this.skipSpaces(at);
    if (!this.isBare(after) || (after === at && this.text[at] === "#")) throw GIVE_UP;
    this.findLine(this.lineEnd(after) + 1);
  }

  /** The end of the line of `at`, which is on the current line or after it. */
  lineEnd(at: number): number {
    if (at > this.#end) {
      const feed = this.text.indexOf("\n", at);
      this.#end = feed === -1 ? this.text.length : feed;
    }
    return this.#end;
  }

  skipSpaces(from: number): number {
    let at = from;
    while (this.text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  /** Whether `at` is the end of a line, or the beginning of a comment. */
  isBare(at: number): boolean {
    const char = this.text[at];
    return char === undefined || char === "\n" || char === "\r" || char === "#";
  }

  restOfLine(at: number): string {
    const end = this.lineEnd(at);
    return this.text.slice(at, this.text[end - 1] === "\r" ? end - 1 : end);
  }
}
