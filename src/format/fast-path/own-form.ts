import type { ListNode, MapEntry, MapNode, ScalarNode, TapeNode } from "../node.ts";
import { YamlError } from "../yaml-error.ts";
import { LineCursor } from "./line-cursor.ts";
import { numbersAt } from "./numbers.ts";
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

const MAX_DEPTH = 64;
/** YAML allows 1024 characters for a key on one line, its quotes included. */
const MAX_KEY = 1000;

/** What begins with one of these is more to YAML than text. */
const INDICATORS: ReadonlySet<string | undefined> = new Set("?:,[]{}#&*!|>'\"%@`");
/** What makes a dash or a colon before it more than text. */
const AFTER_SIGN: ReadonlySet<string | undefined> = new Set([" ", "\r", "\n", undefined]);
/** Text in `{ }` and `[ ]`, with what may come after it. */
const FLOW_TEXT = /(?![?:#&*!|>'"%@`]|-[\s,[\]{}]|-$)[^,[\]{}\r\n]+/y;

class OwnFormReader {
  readonly #text: string;
  readonly #base: number;
  readonly #budget: ValueBudget;
  readonly #lines: LineCursor;
  #depth = 0;

  constructor(text: string, base: number, budget: ValueBudget) {
    this.#text = text;
    this.#lines = new LineCursor(text);
    this.#base = base;
    this.#budget = budget;
  }

  read(): TapeNode {
    if (this.#lines.indent === -1) throw GIVE_UP;
    const node = this.#collection(this.#lines.indent);
    if (this.#lines.indent !== -1) throw GIVE_UP;
    return node;
  }

  /**
   * Counts values: each takes fifty times the memory of the two characters that may write it.
   *
   * @throws YamlError if the budget is spent
   */
  #spend(at: number, count = 1): void {
    this.#budget.left -= count;
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
    const isList = this.#isDash(this.#lines.at);
    return this.#nested<TapeNode>(() => (isList ? this.#list(indent) : this.#map(indent)));
  }

  #list(indent: number): ListNode {
    const at = this.#lines.at + this.#base;
    const items: TapeNode[] = [];
    while (this.#lines.indent === indent && this.#isDash(this.#lines.at)) {
      const dash = this.#lines.at;
      this.#spend(dash);
      const start = this.#lines.skipSpaces(dash + 1);
      if (this.#lines.isBare(start)) {
        this.#lines.leave(dash + 1);
        items.push(
          this.#lines.indent > indent ? this.#collection(this.#lines.indent) : this.#nothing(dash + 1),
        );
      } else if (this.#isDash(start) || this.#keyAt(start) !== undefined) {
        // A collection that begins on the line of its dash has its own column.
        this.#lines.indent += start - dash;
        this.#lines.at = start;
        items.push(this.#collection(this.#lines.indent));
      } else {
        items.push(this.#value(start, indent));
      }
      if (this.#lines.indent > indent) throw GIVE_UP;
    }
    return { kind: "list", at, items };
  }

  #map(indent: number): MapNode {
    const at = this.#lines.at + this.#base;
    const entries: MapEntry[] = [];
    while (this.#lines.indent === indent) {
      const start = this.#lines.at;
      this.#spend(start);
      const key = this.#isDash(start) ? undefined : this.#keyAt(start);
      if (key === undefined) throw GIVE_UP;
      const valueAt = this.#lines.skipSpaces(key.end);
      const value = this.#lines.isBare(valueAt) ? this.#below(indent, key.end) : this.#value(valueAt, indent);
      entries.push({ key: key.text, at: start + this.#base, value });
      if (this.#lines.indent > indent) throw GIVE_UP;
    }
    return { kind: "map", at, entries };
  }

  /** Reads the value of a key from the lines below it. A list may be at the column of its key. */
  #below(indent: number, keyEnd: number): TapeNode {
    this.#lines.leave(keyEnd);
    const isNested =
      this.#lines.indent > indent || (this.#lines.indent === indent && this.#isDash(this.#lines.at));
    return isNested ? this.#collection(this.#lines.indent) : this.#nothing(keyEnd);
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
    const line = this.#lines.restOfLine(at);
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
      this.#lines.findLine(end);
      return this.#scalar(at, text, false);
    }
    if (char === "{" || char === "[") {
      const { node, end } = this.#flow(at, parent);
      this.#lines.leave(end);
      return node;
    }
    const quoted = quotedAt(this.#text, at, parent + 1);
    if (quoted !== undefined) {
      this.#lines.leave(quoted.end);
      return this.#scalar(at, quoted.text, false);
    }
    const line = this.#lines.restOfLine(at);
    const comment = line.indexOf(" #");
    const content = withoutSpaces(comment === -1 ? line : line.slice(0, comment));
    const isText = !INDICATORS.has(content[0]) && !this.#isDash(at) && colonIn(content) === -1;
    if (!isText || content.includes("\t")) throw GIVE_UP;
    this.#lines.findLine(this.#lines.lineEnd(at) + 1);
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
    const numbers = isMap ? undefined : numbersAt(this.#text, at, { parent, base: this.#base });
    if (numbers !== undefined) {
      this.#spend(at, numbers.count);
      return numbers;
    }
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
    const at = this.#lines.skipSpaces(from);
    if (!this.#lines.isBare(at)) return at;
    this.#lines.leave(from);
    if (this.#lines.indent <= parent) throw GIVE_UP;
    return this.#lines.at;
  }
}

/** The offset of the first colon that ends a key; -1 if there is none. */
function colonIn(line: string): number {
  const colon = line.indexOf(": ");
  return colon === -1 && line.endsWith(":") ? line.length - 1 : colon;
}
