import type { ListNode, MapEntry, MapNode, ScalarNode, TapeNode } from "./node.ts";
import { unescapeDouble } from "./unescape.ts";
import { YamlError } from "./yaml-reader.ts";

/** How many values may still be taken in; one for all parts of a text. */
export interface ValueBudget {
  readonly max: number;
  left: number;
}

/**
 * A reader of the part of YAML that tapes are written in, many times faster than a whole YAML reader. It
 * reads a text as YAML 1.2 does or gives up: it never reads one differently and never accepts what YAML does
 * not. Giving up costs nothing but time, since `yaml-reader.ts` reads the same text then.
 *
 * @throws YamlError where the budget is spent
 */
export function readOwnForm(
  text: string,
  from: number,
  to: number,
  budget: ValueBudget = { max: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY },
): TapeNode | undefined {
  return new OwnReader(text, from, to, budget).document();
}

class GiveUp extends Error {}
const GIVE_UP = new GiveUp("not in the form of tapes");

const SPACE = 32;
const LF = 10;
const CR = 13;
const TAB = 9;
const HASH = 35;
const DASH = 45;
const COLON = 58;
const MAX_DEPTH = 64;
/** YAML allows 1024 characters for a key on one line, its quotes included. */
const MAX_KEY = 1000;

/** First characters that mean something else to YAML than the text they begin. */
const INDICATORS = new Set("-?:,[]{}#&*!|>'\"%@`");
const FLOW_INDICATORS = new Set(",[]{}");
const LITERAL_HEADER = /^\|([1-9]?)([+-]?)$/;

class OwnReader {
  readonly #text: string;
  readonly #to: number;
  readonly #budget: ValueBudget;
  /** The current line: its indent, its first character that is not a space, its end and the next line. */
  #indent = -1;
  #at: number;
  #end: number;
  #next: number;
  #depth = 0;

  constructor(text: string, from: number, to: number, budget: ValueBudget) {
    this.#text = text;
    this.#to = to;
    this.#budget = budget;
    this.#at = from;
    this.#end = from;
    this.#next = from;
  }

  document(): TapeNode | undefined {
    try {
      this.#line();
      if (this.#indent === -1) return undefined;
      const node = this.#block(this.#indent);
      return this.#indent === -1 ? node : undefined;
    } catch (error) {
      if (error === GIVE_UP) return undefined;
      throw error;
    }
  }

  /** A value takes some fifty times the memory of the two characters that it may be written in. */
  #spend(at: number): void {
    this.#budget.left -= 1;
    if (this.#budget.left >= 0) return;
    throw new YamlError(`it has more than ${this.#budget.max} values`, at, { tooLarge: true });
  }

  /** Goes to the next line that holds more than a comment; indent -1 at the end. */
  #line(): void {
    const text = this.#text;
    let start = this.#next;
    while (start < this.#to) {
      let at = start;
      while (text.charCodeAt(at) === SPACE) at += 1;
      let next = text.indexOf("\n", at);
      if (next === -1 || next >= this.#to) next = this.#to;
      const first = at < this.#to ? text.charCodeAt(at) : LF;
      if (first !== LF && first !== HASH && !(first === CR && at + 1 === next)) {
        if (first === TAB) throw GIVE_UP;
        this.#indent = at - start;
        this.#at = at;
        this.#end = text.charCodeAt(next - 1) === CR ? next - 1 : next;
        this.#next = next + 1;
        return;
      }
      start = next + 1;
    }
    this.#indent = -1;
    this.#at = this.#to;
    this.#end = this.#to;
    this.#next = this.#to;
  }

  /** The node that begins at the current position, with `indent` as its column. */
  #block(indent: number): TapeNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const node = this.#isDash(this.#at) ? this.#list(indent) : this.#map(indent);
    this.#depth -= 1;
    return node;
  }

  #isDash(at: number): boolean {
    if (this.#text.charCodeAt(at) !== DASH) return false;
    return at + 1 >= this.#end || this.#text.charCodeAt(at + 1) === SPACE;
  }

  #list(indent: number): ListNode {
    const start = this.#at;
    const items: TapeNode[] = [];
    while (this.#indent === indent && this.#isDash(this.#at)) {
      this.#spend(this.#at);
      let at = this.#at + 1;
      while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at += 1;
      if (at >= this.#end || this.#text.charCodeAt(at) === HASH) {
        const place = this.#at + 1;
        this.#line();
        if (this.#indent > indent) items.push(this.#block(this.#indent));
        else items.push({ kind: "scalar", at: place, text: "", plain: true });
      } else if (this.#isDash(at) || this.#keyEnd(at) !== -1) {
        // A collection that begins on the line of its dash stands at its own column.
        this.#indent += at - this.#at;
        this.#at = at;
        items.push(this.#block(this.#indent));
      } else {
        items.push(this.#value(at, indent));
      }
      if (this.#indent > indent) throw GIVE_UP;
    }
    return { kind: "list", at: start, items };
  }

  #map(indent: number): MapNode {
    const start = this.#at;
    const text = this.#text;
    const entries: MapEntry[] = [];
    while (this.#indent === indent) {
      if (this.#isDash(this.#at)) throw GIVE_UP;
      const keyAt = this.#at;
      this.#spend(keyAt);
      const colon = this.#keyEnd(keyAt);
      if (colon === -1) throw GIVE_UP;
      const key = this.#key(keyAt, colon);
      let at = colon + 1;
      while (at < this.#end && text.charCodeAt(at) === SPACE) at += 1;
      if (at >= this.#end || text.charCodeAt(at) === HASH) {
        this.#line();
        if (this.#indent > indent || (this.#indent === indent && this.#isDash(this.#at))) {
          const nested = this.#indent === indent ? this.#sameColumnList(indent) : this.#block(this.#indent);
          entries.push({ key, at: keyAt, value: nested });
        } else {
          entries.push({ key, at: keyAt, value: { kind: "scalar", at: colon + 1, text: "", plain: true } });
        }
      } else {
        entries.push({ key, at: keyAt, value: this.#value(at, indent) });
      }
      if (this.#indent > indent) throw GIVE_UP;
    }
    return { kind: "map", at: start, entries };
  }

  #sameColumnList(indent: number): ListNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const node = this.#list(indent);
    this.#depth -= 1;
    return node;
  }

  /** Offset of the colon behind the key that begins at `at`; -1 where there is no key. */
  #keyEnd(at: number): number {
    const text = this.#text;
    const first = text[at];
    let from = at;
    if (first === '"' || first === "'") {
      from = first === '"' ? this.#closeDouble(at) : this.#closeSingle(at);
      if (from === -1 || from >= this.#end) return -1;
      if (text.charCodeAt(from) !== COLON) return -1;
      return this.#isKeyColon(from) ? from : -1;
    }
    if (first === undefined || INDICATORS.has(first)) return -1;
    for (let i = at; i < this.#end; i += 1) {
      const code = text.charCodeAt(i);
      if (code === COLON && this.#isKeyColon(i)) return i;
      if (code === HASH && text.charCodeAt(i - 1) === SPACE) return -1;
      if (code === TAB) throw GIVE_UP;
    }
    return -1;
  }

  #isKeyColon(at: number): boolean {
    return at + 1 >= this.#end || this.#text.charCodeAt(at + 1) === SPACE;
  }

  #key(at: number, colon: number): string {
    if (colon - at > MAX_KEY) throw GIVE_UP;
    const raw = this.#text.slice(at, colon);
    if (raw.startsWith('"')) return this.#double(at, colon);
    if (raw.startsWith("'")) return raw.slice(1, -1).replaceAll("''", "'");
    if (raw.endsWith(" ") || raw.startsWith("...")) throw GIVE_UP;
    return raw;
  }

  /** The value that begins at `at` on the current line, inside a collection at column `parent`. */
  #value(at: number, parent: number): TapeNode {
    const text = this.#text;
    switch (text[at]) {
      case "|":
        return this.#literal(at, parent);
      case '"': {
        const close = this.#closeDouble(at);
        if (close === -1) return this.#longDouble(at, parent);
        const node: ScalarNode = { kind: "scalar", at, text: this.#double(at, close), plain: false };
        this.#endOfValue(close);
        return node;
      }
      case "'": {
        const close = this.#closeSingle(at);
        if (close === -1) throw GIVE_UP;
        const raw = text.slice(at + 1, close - 1);
        this.#endOfValue(close);
        return { kind: "scalar", at, text: raw.replaceAll("''", "'"), plain: false };
      }
      case "{":
      case "[": {
        const node = this.#flow(at, parent);
        this.#endOfValue(this.#flowAt);
        return node;
      }
      default:
        return this.#plain(at);
    }
  }

  #plain(at: number): ScalarNode {
    const text = this.#text;
    const first = text[at] as string;
    if (INDICATORS.has(first) && !(first === "-" && at + 1 < this.#end && text[at + 1] !== " "))
      throw GIVE_UP;
    let end = this.#end;
    for (let i = at; i < end; i += 1) {
      const code = text.charCodeAt(i);
      if (code === HASH && text.charCodeAt(i - 1) === SPACE) {
        end = i;
      } else if (code === COLON && (i + 1 >= end || text.charCodeAt(i + 1) === SPACE)) {
        throw GIVE_UP;
      } else if (code === TAB) {
        throw GIVE_UP;
      }
    }
    while (text.charCodeAt(end - 1) === SPACE) end -= 1;
    this.#line();
    return { kind: "scalar", at, text: text.slice(at, end), plain: true };
  }

  /** After a closed value only a comment may stand on its line. */
  #endOfValue(close: number): void {
    let at = close;
    while (at < this.#end && this.#text.charCodeAt(at) === SPACE) at += 1;
    if (at < this.#end && (this.#text.charCodeAt(at) !== HASH || at === close)) throw GIVE_UP;
    this.#line();
  }

  /** Offset behind the closing quote, where it stands on this line; -1 otherwise. */
  #closeDouble(at: number): number {
    for (let i = at + 1; i < this.#end; i += 1) {
      const char = this.#text[i];
      if (char === "\\") i += 1;
      else if (char === '"') return i + 1;
    }
    return -1;
  }

  #closeSingle(at: number): number {
    let close = this.#text.indexOf("'", at + 1);
    while (close !== -1 && this.#text[close + 1] === "'") close = this.#text.indexOf("'", close + 2);
    return close === -1 || close >= this.#end ? -1 : close + 1;
  }

  #double(at: number, close: number): string {
    const value = unescapeDouble(this.#text.slice(at + 1, close - 1));
    if (value === undefined) throw GIVE_UP;
    return value;
  }

  /** Text in double quotes over several lines, each but the last ending in a backslash. */
  #longDouble(at: number, parent: number): ScalarNode {
    const text = this.#text;
    const parts: string[] = [];
    let from = at + 1;
    for (;;) {
      if (text[this.#end - 1] !== "\\" || this.#end - 1 < from) throw GIVE_UP;
      parts.push(text.slice(from, this.#end - 1));
      const start = this.#next;
      if (start >= this.#to) throw GIVE_UP;
      from = start;
      while (text.charCodeAt(from) === SPACE) from += 1;
      if (from - start <= parent || text.charCodeAt(from) === TAB) throw GIVE_UP;
      let next = text.indexOf("\n", from);
      if (next === -1 || next >= this.#to) next = this.#to;
      this.#end = text.charCodeAt(next - 1) === CR ? next - 1 : next;
      this.#next = next + 1;
      const close = this.#closeDouble(from - 1);
      if (close !== -1) {
        parts.push(text.slice(from, close - 1));
        // A backslash before the last one makes that a letter, and the end of its line a space.
        if (parts.some(endsInEscape)) throw GIVE_UP;
        const value = unescapeDouble(parts.join(""));
        if (value === undefined) throw GIVE_UP;
        this.#endOfValue(close);
        return { kind: "scalar", at, text: value, plain: false };
      }
    }
  }

  #literal(at: number, parent: number): ScalarNode {
    const text = this.#text;
    let headerEnd = at;
    while (headerEnd < this.#end && text.charCodeAt(headerEnd) !== SPACE) headerEnd += 1;
    const header = LITERAL_HEADER.exec(text.slice(at, headerEnd));
    if (header === null) throw GIVE_UP;
    let rest = headerEnd;
    while (rest < this.#end && text.charCodeAt(rest) === SPACE) rest += 1;
    if (rest < this.#end && text.charCodeAt(rest) !== HASH) throw GIVE_UP;

    let indent = header[1] === "" ? -1 : parent + Number(header[1]);
    const start = this.#next;
    /** End of the last line that is not blank, without its line feed. */
    let filled = -1;
    let onlySpaces = false;
    let simple = true;
    let longestBlank = 0;
    let line = start;
    while (line < this.#to) {
      const limit = indent === -1 ? this.#to : Math.min(this.#to, line + indent);
      let first = line;
      while (first < limit && text.charCodeAt(first) === SPACE) first += 1;
      let feed = text.indexOf("\n", first);
      if (feed === -1 || feed >= this.#to) feed = this.#to;
      let end = feed;
      if (feed > line && text.charCodeAt(feed - 1) === CR) {
        end = feed - 1;
        simple = false;
      }
      if (first >= end) {
        if (first > line) simple = false;
        longestBlank = Math.max(longestBlank, first - line);
      } else {
        if (indent === -1) {
          indent = first - line;
          if (longestBlank > indent) throw GIVE_UP;
          if (indent <= parent) break;
        } else if (first - line < indent) {
          break;
        }
        filled = end;
        onlySpaces = text.charCodeAt(first) === SPACE && isSpaces(text, first, end);
      }
      line = feed + 1;
    }
    // What YAML readers make of such an end differs.
    if (filled === -1 || onlySpaces) throw GIVE_UP;
    const body = simple
      ? unindentedSimply(text.slice(start, filled), indent)
      : unindented(text.slice(start, filled), indent);
    this.#next = Math.min(line, this.#to);
    const value = body + chomping(header[2] as string, text, filled, this.#next);
    this.#line();
    return { kind: "scalar", at, text: value, plain: false };
  }

  /** Behind the flow collection that was read last. */
  #flowAt = 0;

  #flow(at: number, parent: number): TapeNode {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw GIVE_UP;
    const node = this.#text[at] === "{" ? this.#flowMap(at, parent) : this.#flowList(at, parent);
    this.#depth -= 1;
    return node;
  }

  #flowList(start: number, parent: number): ListNode {
    const items: TapeNode[] = [];
    let at = this.#flowSpace(start + 1, parent);
    if (this.#text[at] === "]") {
      this.#flowAt = at + 1;
      return { kind: "list", at: start, items };
    }
    for (;;) {
      this.#spend(at);
      items.push(this.#flowValue(at, parent));
      at = this.#flowSpace(this.#flowAt, parent);
      const char = this.#text[at];
      if (char === "]") {
        this.#flowAt = at + 1;
        return { kind: "list", at: start, items };
      }
      if (char !== ",") throw GIVE_UP;
      at = this.#flowSpace(at + 1, parent);
    }
  }

  #flowMap(start: number, parent: number): MapNode {
    const entries: MapEntry[] = [];
    let at = this.#flowSpace(start + 1, parent);
    if (this.#text[at] === "}") {
      this.#flowAt = at + 1;
      return { kind: "map", at: start, entries };
    }
    for (;;) {
      const keyAt = at;
      this.#spend(keyAt);
      const key = this.#flowScalar(at);
      at = this.#flowAt;
      if (at - keyAt > MAX_KEY || this.#text[at] !== ":" || this.#text[at + 1] !== " ") throw GIVE_UP;
      at = this.#flowSpace(at + 1, parent);
      const value = this.#flowValue(at, parent);
      entries.push({ key: key.text, at: keyAt, value });
      at = this.#flowSpace(this.#flowAt, parent);
      const char = this.#text[at];
      if (char === "}") {
        this.#flowAt = at + 1;
        return { kind: "map", at: start, entries };
      }
      if (char !== ",") throw GIVE_UP;
      at = this.#flowSpace(at + 1, parent);
    }
  }

  #flowValue(at: number, parent: number): TapeNode {
    const char = this.#text[at];
    if (char === "{" || char === "[") return this.#flow(at, parent);
    return this.#flowScalar(at);
  }

  #flowScalar(at: number): ScalarNode {
    const text = this.#text;
    if (text[at] === '"') {
      const close = this.#closeDouble(at);
      if (close === -1) throw GIVE_UP;
      this.#flowAt = close;
      return { kind: "scalar", at, text: this.#double(at, close), plain: false };
    }
    if (text[at] === "'") {
      const close = this.#closeSingle(at);
      if (close === -1) throw GIVE_UP;
      this.#flowAt = close;
      return { kind: "scalar", at, text: text.slice(at + 1, close - 1).replaceAll("''", "'"), plain: false };
    }
    return this.#flowPlain(at);
  }

  #flowPlain(at: number): ScalarNode {
    const text = this.#text;
    const first = text[at];
    if (first === undefined || at >= this.#end) throw GIVE_UP;
    if (INDICATORS.has(first) && !(first === "-" && /[^\s,[\]{}]/.test(text[at + 1] ?? " "))) throw GIVE_UP;
    let end = at;
    for (; end < this.#end; end += 1) {
      const char = text[end] as string;
      if (FLOW_INDICATORS.has(char)) break;
      if (char === ":" && (end + 1 >= this.#end || /[\s,[\]{}]/.test(text[end + 1] as string))) break;
      if (char === "\t" || (char === "#" && text[end - 1] === " ")) throw GIVE_UP;
    }
    while (text.charCodeAt(end - 1) === SPACE) end -= 1;
    this.#flowAt = end;
    return { kind: "scalar", at, text: text.slice(at, end), plain: true };
  }

  /** Skips blanks and, between the parts of a collection, the ends of lines. */
  #flowSpace(from: number, parent: number): number {
    const text = this.#text;
    let at = from;
    for (;;) {
      while (at < this.#end && text.charCodeAt(at) === SPACE) at += 1;
      if (at < this.#end) return at;
      this.#line();
      if (this.#indent <= parent) throw GIVE_UP;
      at = this.#at;
    }
  }
}

function isSpaces(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (text.charCodeAt(i) !== SPACE) return false;
  return true;
}

function endsInEscape(part: string): boolean {
  let backslashes = 0;
  while (part[part.length - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}

/** For lines that have the whole indent or nothing at all. */
function unindentedSimply(lines: string, indent: number): string {
  return `\n${lines}`.replaceAll(`\n${" ".repeat(indent)}`, "\n").slice(1);
}

function unindented(lines: string, indent: number): string {
  return lines
    .split(/\r?\n/)
    .map((line) => line.slice(indent))
    .join("\n");
}

/** The line feeds at the end of a literal whose last filled line ends at `filled`. */
function chomping(chomp: string, text: string, filled: number, to: number): string {
  if (chomp === "-") return "";
  if (chomp === "") return "\n";
  let feeds = 0;
  for (let i = filled; i < to; i += 1) if (text.charCodeAt(i) === LF) feeds += 1;
  return "\n".repeat(Math.max(1, feeds));
}
