import type { ListNode, MapEntry, MapNode, ScalarNode, TapeNode } from "../node.ts";
import { YamlError } from "../yaml-error.ts";
import { GIVE_UP, literalAt, matchAt, quotedAt, withoutSpaces } from "./own-scalars.ts";

/** How many values may still be read. All parts of a text share one. */
export interface ValueBudget {
  readonly max: number;
  left: number;
}

/**
 * Reads the part of YAML in which tapes are written, several times faster than a full YAML reader. It reads a text
 * as YAML 1.2 does, or gives up: it never reads a text differently, and never accepts invalid YAML. If it gives
 * up, `yaml-reader.ts` reads the text.
 *
 * @param base is added to the offsets of the nodes
 * @throws YamlError if the budget is spent
 */
export function readOwnForm(
  text: string,
  base = 0,
  budget: ValueBudget = { max: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY },
): TapeNode | undefined {
  try {
    return new OwnFormReader(text, base, budget).read();
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

const SPACE = 32;
const MAX_DEPTH = 64;
/** YAML allows 1024 characters for a key on one line, its quotes included. */
const MAX_KEY = 1000;

/** What begins with one of these is more to YAML than text. */
const INDICATORS: ReadonlySet<string | undefined> = new Set("?:,[]{}#&*!|>'\"%@`");
/** What makes a dash or a colon before it more than text. */
const AFTER_SIGN: ReadonlySet<string | undefined> = new Set([" ", "\r", "\n", undefined]);
/** Text in `{ }` and `[ ]`, with what may come after it. */
const FLOW_TEXT = /(?![?:#&*!|>'"%@`]|-[\s,[\]{}]|-$)[^,[\]{}\r\n]+/y;

/**
 * Reads lines. The current line is the next one with more than a comment: `#indent` is the column of its first
 * character, or -1 at the end of the text, `#at` is the offset of that character, and `#end` that of the line's end.
 */
class OwnFormReader {
  readonly #text: string;
  readonly #base: number;
  readonly #budget: ValueBudget;
  #at = 0;
  #end = -1;
  #indent = -1;
  #depth = 0;

  constructor(text: string, base: number, budget: ValueBudget) {
    this.#text = text;
    this.#base = base;
    this.#budget = budget;
  }

  read(): TapeNode {
    this.#findLine(0);
    if (this.#indent === -1) throw GIVE_UP;
    const node = this.#collection(this.#indent);
    if (this.#indent !== -1) throw GIVE_UP;
    return node;
  }

  /** Makes the first line with content from the line at `start` on the current one. */
  #findLine(start: number): void {
    const text = this.#text;
    for (let line = start; line < text.length; ) {
      const at = this.#skipSpaces(line);
      const char = text[at];
      const isBlank = char === undefined || char === "\n" || char === "#" || text.startsWith("\r\n", at);
      if (!isBlank) {
        if (char === "\t") throw GIVE_UP;
        this.#indent = at - line;
        this.#at = at;
        return;
      }
      line = this.#lineEnd(at) + 1;
    }
    this.#indent = -1;
    this.#at = text.length;
  }

  /** Moves to the next line. After `at`, the current one may have a comment and nothing else. */
  #leave(at: number): void {
    const after = this.#skipSpaces(at);
    if (!this.#isBare(after) || (after === at && this.#text[at] === "#")) throw GIVE_UP;
    this.#findLine(this.#lineEnd(after) + 1);
  }

  /** The end of the line of `at`, which is on the current line or after it. */
  #lineEnd(at: number): number {
    if (at > this.#end) {
      const feed = this.#text.indexOf("\n", at);
      this.#end = feed === -1 ? this.#text.length : feed;
    }
    return this.#end;
  }

  #skipSpaces(from: number): number {
    let at = from;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    return at;
  }

  /** Whether `at` is the end of a line, or the beginning of a comment. */
  #isBare(at: number): boolean {
    const char = this.#text[at];
    return char === undefined || char === "\n" || char === "\r" || char === "#";
  }

  #restOfLine(at: number): string {
    const end = this.#lineEnd(at);
    return this.#text.slice(at, this.#text[end - 1] === "\r" ? end - 1 : end);
  }

  /**
   * Counts a value: it takes fifty times the memory of the two characters that may write it.
   *
   * @throws YamlError if the budget is spent
   */
  #spend(at: number): void {
    this.#budget.left -= 1;
    if (this.#budget.left >= 0) return;
    const why = `it has more than ${this.#budget.max} values`;
    throw new YamlError(why, at + this.#base, { tooLarge: true });
  }

  #nested<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const result = read();
    this.#depth -= 1;
    return result;
  }

  /** The list or mapping that begins at `#at`, with `indent` as its column. */
  #collection(indent: number): TapeNode {
    const isList = this.#isDash(this.#at);
    return this.#nested<TapeNode>(() => (isList ? this.#list(indent) : this.#map(indent)));
  }

  #list(indent: number): ListNode {
    const at = this.#at + this.#base;
    const items: TapeNode[] = [];
    while (this.#indent === indent && this.#isDash(this.#at)) {
      const dash = this.#at;
      this.#spend(dash);
      const start = this.#skipSpaces(dash + 1);
      if (this.#isBare(start)) {
        this.#leave(dash + 1);
        items.push(this.#indent > indent ? this.#collection(this.#indent) : this.#nothing(dash + 1));
      } else if (this.#isDash(start) || this.#keyAt(start) !== undefined) {
        // A collection that begins on the line of its dash has its own column.
        this.#indent += start - dash;
        this.#at = start;
        items.push(this.#collection(this.#indent));
      } else {
        items.push(this.#value(start, indent));
      }
      if (this.#indent > indent) throw GIVE_UP;
    }
    return { kind: "list", at, items };
  }

  #map(indent: number): MapNode {
    const at = this.#at + this.#base;
    const entries: MapEntry[] = [];
    while (this.#indent === indent) {
      const start = this.#at;
      this.#spend(start);
      const key = this.#isDash(start) ? undefined : this.#keyAt(start);
      if (key === undefined) throw GIVE_UP;
      const valueAt = this.#skipSpaces(key.end);
      const value = this.#isBare(valueAt) ? this.#below(indent, key.end) : this.#value(valueAt, indent);
      entries.push({ key: key.text, at: start + this.#base, value });
      if (this.#indent > indent) throw GIVE_UP;
    }
    return { kind: "map", at, entries };
  }

  /** Reads the value of a key from the lines below it. A list may be at the column of its key. */
  #below(indent: number, keyEnd: number): TapeNode {
    this.#leave(keyEnd);
    const isNested = this.#indent > indent || (this.#indent === indent && this.#isDash(this.#at));
    return isNested ? this.#collection(this.#indent) : this.#nothing(keyEnd);
  }

  #isDash(at: number): boolean {
    return this.#text[at] === "-" && AFTER_SIGN.has(this.#text[at + 1]);
  }

  /** The key at `at` and the offset after its colon; `undefined` if no key is there. */
  #keyAt(at: number): { readonly text: string; readonly end: number } | undefined {
    const quoted = quotedAt(this.#text, at, 0);
    if (quoted !== undefined) {
      const { end, text } = quoted;
      const isKey = this.#text[end] === ":" && AFTER_SIGN.has(this.#text[end + 1]);
      if (!isKey) return undefined;
      if (end - at > MAX_KEY || this.#text.slice(at, end).includes("\n")) throw GIVE_UP;
      return { text, end: end + 1 };
    }
    const line = this.#restOfLine(at);
    const colon = colonIn(line);
    if (colon === -1 || line.startsWith("-") || INDICATORS.has(line[0])) return undefined;
    const text = line.slice(0, colon);
    if (text.includes(" #")) return undefined;
    if (colon > MAX_KEY || text.endsWith(" ") || text.startsWith("...") || text.includes("\t")) throw GIVE_UP;
    return { text, end: at + colon + 1 };
  }

  /** The value that begins at `at` on the current line, inside a collection at column `parent`. */
  #value(at: number, parent: number): TapeNode {
    const char = this.#text[at];
    if (char === "|") {
      const { text, end } = literalAt(this.#text, at, parent);
      this.#findLine(end);
      return this.#scalar(at, text, false);
    }
    if (char === "{" || char === "[") {
      const { node, end } = this.#flow(at, parent);
      this.#leave(end);
      return node;
    }
    const quoted = quotedAt(this.#text, at, parent + 1);
    if (quoted !== undefined) {
      this.#leave(quoted.end);
      return this.#scalar(at, quoted.text, false);
    }
    const line = this.#restOfLine(at);
    const comment = line.indexOf(" #");
    const content = withoutSpaces(comment === -1 ? line : line.slice(0, comment));
    const isText = !INDICATORS.has(content[0]) && !this.#isDash(at) && colonIn(content) === -1;
    if (!isText || content.includes("\t")) throw GIVE_UP;
    this.#findLine(this.#lineEnd(at) + 1);
    return this.#scalar(at, content, true);
  }

  #scalar(at: number, text: string, plain: boolean): ScalarNode {
    return { kind: "scalar", at: at + this.#base, text, plain };
  }

  #nothing(at: number): ScalarNode {
    return this.#scalar(at, "", true);
  }

  /** The collection in brackets that begins at `at`, on one or several lines. */
  #flow(at: number, parent: number): { readonly node: TapeNode; readonly end: number } {
    const isMap = this.#text[at] === "{";
    const items: TapeNode[] = [];
    const entries: MapEntry[] = [];
    const close = isMap ? "}" : "]";
    let next = this.#skipInFlow(at + 1, parent);
    for (let first = true; this.#text[next] !== close; first = false) {
      if (!first) {
        if (this.#text[next] !== ",") throw GIVE_UP;
        next = this.#skipInFlow(next + 1, parent);
      }
      this.#spend(next);
      const start = next;
      let key = "";
      if (isMap) {
        const { text, end } = this.#flowText(start);
        if (end - start > MAX_KEY || !this.#text.startsWith(": ", end)) throw GIVE_UP;
        key = text;
        next = this.#skipInFlow(end + 1, parent);
      }
      const { node, end } = this.#flowValue(next, parent);
      if (isMap) entries.push({ key, at: start + this.#base, value: node });
      else items.push(node);
      next = this.#skipInFlow(end, parent);
    }
    const place = at + this.#base;
    const node: TapeNode = isMap ? { kind: "map", at: place, entries } : { kind: "list", at: place, items };
    return { node, end: next + 1 };
  }

  #flowValue(at: number, parent: number): { readonly node: TapeNode; readonly end: number } {
    const char = this.#text[at];
    if (char === "{" || char === "[") return this.#nested(() => this.#flow(at, parent));
    const { text, plain, end } = this.#flowText(at);
    return { node: this.#scalar(at, text, plain), end };
  }

  #flowText(at: number): { readonly text: string; readonly plain: boolean; readonly end: number } {
    const quoted = quotedAt(this.#text, at, 0);
    if (quoted !== undefined) {
      if (this.#text.slice(at, quoted.end).includes("\n")) throw GIVE_UP;
      return { ...quoted, plain: false };
    }
    const found = matchAt(FLOW_TEXT, this.#text, at)?.[0] ?? "";
    const colon = colonIn(found);
    const text = withoutSpaces(colon === -1 ? found : found.slice(0, colon));
    if (text === "" || text.includes("\t") || text.includes(" #")) throw GIVE_UP;
    return { text, plain: true, end: at + text.length };
  }

  /** Skips blanks and, between the parts of a collection, the ends of lines. */
  #skipInFlow(from: number, parent: number): number {
    const at = this.#skipSpaces(from);
    if (!this.#isBare(at)) return at;
    this.#leave(from);
    if (this.#indent <= parent) throw GIVE_UP;
    return this.#at;
  }
}

/** The offset of the first colon that ends a key; -1 if there is none. */
function colonIn(line: string): number {
  const colon = line.indexOf(": ");
  return colon === -1 && line.endsWith(":") ? line.length - 1 : colon;
}
