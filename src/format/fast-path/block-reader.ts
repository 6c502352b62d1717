import type { ListNode, MapEntry, MapNode, ScalarNode, TapeNode } from "../node.ts";
import { FlowReader } from "./flow-reader.ts";
import { GIVE_UP, HASH, LineCursor, SPACE, TAB, type ValueBudget } from "./line-cursor.ts";
import { literal } from "./literal.ts";
import { closingQuote, longDouble, quotedText } from "./quoted.ts";
import { INDICATORS, MAX_KEY } from "./yaml-rules.ts";

const UNLIMITED: ValueBudget = { max: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY };

/**
 * Reads the part of YAML in which tapes are written, several times faster than a full YAML reader. It reads a text
 * as YAML 1.2 does, or gives up: it never reads a text differently, and never accepts invalid YAML. If it gives
 * up, `yaml-reader.ts` reads the text.
 *
 * @throws YamlError if the budget is spent
 */
export function readOwnForm(
  text: string,
  from: number,
  to: number,
  budget: ValueBudget = UNLIMITED,
): TapeNode | undefined {
  const cursor = new LineCursor(text, from, to, budget);
  try {
    cursor.advance();
    if (cursor.indent === -1) return undefined;
    const node = new BlockReader(cursor).collection(cursor.indent);
    return cursor.indent === -1 ? node : undefined;
  } catch (error) {
    if (error === GIVE_UP) return undefined;
    throw error;
  }
}

const DASH = 45;
const COLON = 58;

/** Reads collections that are nested by indentation. */
class BlockReader {
  readonly #cursor: LineCursor;
  readonly #flow: FlowReader;

  constructor(cursor: LineCursor) {
    this.#cursor = cursor;
    this.#flow = new FlowReader(cursor);
  }

  /** The list or mapping that begins at the current position, with `indent` as its column. */
  collection(indent: number): TapeNode {
    const isList = this.#isDash(this.#cursor.at);
    return this.#cursor.nested(() => (isList ? this.#list(indent) : this.#map(indent)));
  }

  #list(indent: number): ListNode {
    const cursor = this.#cursor;
    const start = cursor.at;
    const items: TapeNode[] = [];
    while (cursor.indent === indent && this.#isDash(cursor.at)) {
      cursor.spend(cursor.at);
      const dash = cursor.at;
      const at = cursor.skipSpaces(dash + 1);
      if (cursor.isBare(at)) {
        cursor.advance();
        items.push(cursor.indent > indent ? this.collection(cursor.indent) : nothing(dash + 1));
      } else if (this.#isDash(at) || this.#keyEnd(at) !== -1) {
        // A collection that begins on the line of its dash has its own column.
        cursor.indent += at - dash;
        cursor.at = at;
        items.push(this.collection(cursor.indent));
      } else {
        items.push(this.#value(at, indent));
      }
      if (cursor.indent > indent) throw GIVE_UP;
    }
    return { kind: "list", at: start, items };
  }

  #map(indent: number): MapNode {
    const cursor = this.#cursor;
    const start = cursor.at;
    const entries: MapEntry[] = [];
    while (cursor.indent === indent) {
      const keyAt = cursor.at;
      if (this.#isDash(keyAt)) throw GIVE_UP;
      cursor.spend(keyAt);
      const colon = this.#keyEnd(keyAt);
      if (colon === -1) throw GIVE_UP;
      const key = this.#key(keyAt, colon);
      const at = cursor.skipSpaces(colon + 1);
      const value = cursor.isBare(at) ? this.#below(indent, colon + 1) : this.#value(at, indent);
      entries.push({ key, at: keyAt, value });
      if (cursor.indent > indent) throw GIVE_UP;
    }
    return { kind: "map", at: start, entries };
  }

  /** Reads the value of a key from the lines below it. A list may be at the column of its key. */
  #below(indent: number, place: number): TapeNode {
    const cursor = this.#cursor;
    cursor.advance();
    const isNested = cursor.indent > indent || (cursor.indent === indent && this.#isDash(cursor.at));
    return isNested ? this.collection(cursor.indent) : nothing(place);
  }

  #isDash(at: number): boolean {
    const { text, end } = this.#cursor;
    if (text.charCodeAt(at) !== DASH) return false;
    return at + 1 >= end || text.charCodeAt(at + 1) === SPACE;
  }

  /** Offset of the colon after the key that begins at `at`; -1 if there is no key. */
  #keyEnd(at: number): number {
    const { text, end } = this.#cursor;
    const first = text[at];
    if (first === '"' || first === "'") {
      const close = closingQuote(this.#cursor, at);
      return close !== -1 && close < end && this.#isKeyColon(close) ? close : -1;
    }
    if (first === undefined || INDICATORS.has(first)) return -1;
    for (let i = at; i < end; i += 1) {
      const code = text.charCodeAt(i);
      if (code === COLON && this.#isKeyColon(i)) return i;
      if (code === HASH && text.charCodeAt(i - 1) === SPACE) return -1;
      if (code === TAB) throw GIVE_UP;
    }
    return -1;
  }

  #isKeyColon(at: number): boolean {
    const { text, end } = this.#cursor;
    return text.charCodeAt(at) === COLON && (at + 1 >= end || text.charCodeAt(at + 1) === SPACE);
  }

  #key(at: number, colon: number): string {
    if (colon - at > MAX_KEY) throw GIVE_UP;
    const { text } = this.#cursor;
    if (text[at] === '"' || text[at] === "'") return quotedText(text, at, colon);
    const raw = text.slice(at, colon);
    if (raw.endsWith(" ") || raw.startsWith("...")) throw GIVE_UP;
    return raw;
  }

  /** The value that begins at `at` on the current line, inside a collection at column `parent`. */
  #value(at: number, parent: number): TapeNode {
    const cursor = this.#cursor;
    switch (cursor.text[at]) {
      case "|":
        return literal(cursor, at, parent);
      case '"':
      case "'":
        return this.#quoted(at, parent);
      case "{":
      case "[": {
        const node = this.#flow.collection(at, parent);
        cursor.leave(this.#flow.end);
        return node;
      }
      default:
        return this.#plain(at);
    }
  }

  #quoted(at: number, parent: number): ScalarNode {
    const cursor = this.#cursor;
    const close = closingQuote(cursor, at);
    if (close === -1) {
      if (cursor.text[at] === "'") throw GIVE_UP;
      return longDouble(cursor, at, parent);
    }
    const text = quotedText(cursor.text, at, close);
    cursor.leave(close);
    return { kind: "scalar", at, text, plain: false };
  }

  #plain(at: number): ScalarNode {
    const { text, end: lineEnd } = this.#cursor;
    const first = text[at] as string;
    if (INDICATORS.has(first) && !(first === "-" && at + 1 < lineEnd && text[at + 1] !== " ")) throw GIVE_UP;
    let end = lineEnd;
    for (let i = at; i < end; i += 1) {
      const code = text.charCodeAt(i);
      if (code === TAB || (code === COLON && this.#isKeyColon(i))) throw GIVE_UP;
      if (code === HASH && text.charCodeAt(i - 1) === SPACE) end = i;
    }
    while (text.charCodeAt(end - 1) === SPACE) end -= 1;
    this.#cursor.advance();
    return { kind: "scalar", at, text: text.slice(at, end), plain: true };
  }
}

function nothing(at: number): ScalarNode {
  return { kind: "scalar", at, text: "", plain: true };
}
