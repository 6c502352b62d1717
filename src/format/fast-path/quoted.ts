import type { ScalarNode } from "../node.ts";
import { CR, GIVE_UP, type LineCursor, SPACE, TAB } from "./line-cursor.ts";
import { unescapeDouble } from "./unescape.ts";

/** Offset after the closing quote of the text that begins at `at`; -1 if it is not on this line. */
export function closingQuote(cursor: LineCursor, at: number): number {
  return cursor.text[at] === '"' ? closingDouble(cursor, at) : closingSingle(cursor, at);
}

/** The text in quotes from `at` to `close`. */
export function quotedText(text: string, at: number, close: number): string {
  const raw = text.slice(at + 1, close - 1);
  // Not replaceAll, which takes ten times the memory if there are millions.
  if (text[at] === "'") return raw.split("''").join("'");
  const value = unescapeDouble(raw);
  if (value === undefined) throw GIVE_UP;
  return value;
}

/** Text in double quotes over several lines, each but the last ending in a backslash. */
export function longDouble(cursor: LineCursor, at: number, parent: number): ScalarNode {
  const { text, to } = cursor;
  const parts: string[] = [];
  let from = at + 1;
  for (;;) {
    const last = cursor.end - 1;
    if (text[last] !== "\\" || last < from) throw GIVE_UP;
    parts.push(text.slice(from, last));
    const start = cursor.next;
    if (start >= to) throw GIVE_UP;
    from = start;
    while (text.charCodeAt(from) === SPACE) from += 1;
    if (from - start <= parent || text.charCodeAt(from) === TAB) throw GIVE_UP;
    let next = text.indexOf("\n", from);
    if (next === -1 || next >= to) next = to;
    cursor.end = text.charCodeAt(next - 1) === CR ? next - 1 : next;
    cursor.next = next + 1;
    const close = closingDouble(cursor, from - 1);
    if (close === -1) continue;
    parts.push(text.slice(from, close - 1));
    // A backslash before the last one makes that a letter, and the end of its line a space.
    if (parts.some(endsInEscape)) throw GIVE_UP;
    const value = unescapeDouble(parts.join(""));
    if (value === undefined) throw GIVE_UP;
    cursor.leave(close);
    return { kind: "scalar", at, text: value, plain: false };
  }
}

function closingDouble({ text, end }: LineCursor, at: number): number {
  for (let i = at + 1; i < end; i += 1) {
    const char = text[i];
    if (char === "\\") i += 1;
    else if (char === '"') return i + 1;
  }
  return -1;
}

function closingSingle({ text, end }: LineCursor, at: number): number {
  let close = text.indexOf("'", at + 1);
  while (close !== -1 && text[close + 1] === "'") close = text.indexOf("'", close + 2);
  return close === -1 || close >= end ? -1 : close + 1;
}

function endsInEscape(part: string): boolean {
  let backslashes = 0;
  while (part[part.length - 1 - backslashes] === "\\") backslashes += 1;
  return backslashes % 2 === 1;
}
