import type { ListNode, MapEntry, MapNode, ScalarNode, TapeNode } from "../node.ts";
import { GIVE_UP, type LineCursor, SPACE } from "./line-cursor.ts";
import { closingQuote, quotedText } from "./quoted.ts";
import { INDICATORS, MAX_KEY } from "./yaml-rules.ts";

const FLOW_INDICATORS = new Set(",[]{}");
const ENDS_KEY = /[\s,[\]{}]/;

/** Reads a collection in brackets, on one or several lines. */
export class FlowReader {
  readonly #cursor: LineCursor;
  /** Offset after the last value that was read. */
  end = 0;

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
  }

  /** The collection that begins at `at`, inside one at column `parent`. */
  collection(at: number, parent: number): TapeNode {
    const isMap = this.#cursor.text[at] === "{";
    return this.#cursor.nested<TapeNode>(() => (isMap ? this.#map(at, parent) : this.#list(at, parent)));
  }

  #list(start: number, parent: number): ListNode {
    const items: TapeNode[] = [];
    let at = this.#skip(start + 1, parent);
    while (!this.#closes(at, "]", items.length)) {
      if (items.length > 0) at = this.#skip(at + 1, parent);
      this.#cursor.spend(at);
      items.push(this.#value(at, parent));
      at = this.#skip(this.end, parent);
    }
    return { kind: "list", at: start, items };
  }

  #map(start: number, parent: number): MapNode {
    const { text } = this.#cursor;
    const entries: MapEntry[] = [];
    let at = this.#skip(start + 1, parent);
    while (!this.#closes(at, "}", entries.length)) {
      if (entries.length > 0) at = this.#skip(at + 1, parent);
      this.#cursor.spend(at);
      const key = this.#scalar(at);
      const colon = this.end;
      if (colon - at > MAX_KEY || text[colon] !== ":" || text[colon + 1] !== " ") throw GIVE_UP;
      const value = this.#value(this.#skip(colon + 1, parent), parent);
      entries.push({ key: key.text, at, value });
      at = this.#skip(this.end, parent);
    }
    return { kind: "map", at: start, entries };
  }

  /** Whether the bracket closes at `at`. If not, a comma has to separate two parts. */
  #closes(at: number, bracket: string, parts: number): boolean {
    const char = this.#cursor.text[at];
    if (char === bracket) {
      this.end = at + 1;
      return true;
    }
    if (parts > 0 && char !== ",") throw GIVE_UP;
    return false;
  }

  #value(at: number, parent: number): TapeNode {
    const char = this.#cursor.text[at];
    return char === "{" || char === "[" ? this.collection(at, parent) : this.#scalar(at);
  }

  #scalar(at: number): ScalarNode {
    const { text } = this.#cursor;
    if (text[at] !== '"' && text[at] !== "'") return this.#plain(at);
    const close = closingQuote(this.#cursor, at);
    if (close === -1) throw GIVE_UP;
    this.end = close;
    return { kind: "scalar", at, text: quotedText(text, at, close), plain: false };
  }

  #plain(at: number): ScalarNode {
    const { text, end: lineEnd } = this.#cursor;
    const first = text[at];
    if (first === undefined || at >= lineEnd) throw GIVE_UP;
    if (INDICATORS.has(first) && !(first === "-" && !ENDS_KEY.test(text[at + 1] ?? " "))) throw GIVE_UP;
    let end = at;
    for (; end < lineEnd; end += 1) {
      const char = text[end] as string;
      if (FLOW_INDICATORS.has(char)) break;
      if (char === ":" && (end + 1 >= lineEnd || ENDS_KEY.test(text[end + 1] as string))) break;
      if (char === "\t" || (char === "#" && text[end - 1] === " ")) throw GIVE_UP;
    }
    while (text.charCodeAt(end - 1) === SPACE) end -= 1;
    this.end = end;
    return { kind: "scalar", at, text: text.slice(at, end), plain: true };
  }

  /** Skips blanks and, between the parts of a collection, the ends of lines. */
  #skip(from: number, parent: number): number {
    const cursor = this.#cursor;
    let at = from;
    for (;;) {
      at = cursor.skipSpaces(at);
      if (at < cursor.end) return at;
      cursor.advance();
      if (cursor.indent <= parent) throw GIVE_UP;
      at = cursor.at;
    }
  }
}
