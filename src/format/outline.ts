import { endOfIndented } from "./end-of-indented.ts";

/** The offsets of the parts of a tape's text, found by its lines alone. */
export interface Outline {
  /** Offset after the colon of `interactions:`. */
  readonly key: number;
  /** Offset of the line after `interactions:`. */
  readonly head: number;
  /** Column of the dashes; -1 without interactions. */
  readonly column: number;
  readonly items: readonly OutlineItem[];
  /** Offset after the list. */
  readonly tail: number;
  /** `true` if a comment is left of the item that continues after it: YAML readers disagree on that. */
  readonly doubtful: boolean;
}

export interface OutlineItem {
  /** Offset of the first comment line that belongs to the interaction. */
  readonly lead: number;
  /** Offset of the line with the dash. */
  readonly start: number;
  /** Offset after its last line, which is the next item's `lead`. */
  readonly end: number;
}

/** A list without items may be written as `[]`. Not with `^`, which also matches after the line separators of Unicode. */
const KEY = /(?<![^\n])interactions:[ \t]*(?:\[[ \t]*\][ \t]*)?(?:#[^\n]*)?(?:\r?\n|$)/;
/** More than any tape has. The reader, which counts values, refuses a text with more. */
const MAX_ITEMS = 1_000_000;

/**
 * Cuts a text at the dashes of its list of interactions. Comments above a dash belong to it. Everything in an item
 * of a block list is indented deeper than its dash, so this needs no YAML reader. `undefined` if the list is not
 * written as one item after another.
 */
export function outlineOf(text: string): Outline | undefined {
  const match = KEY.exec(text);
  if (match === null) return undefined;
  const key = match.index + "interactions:".length;
  const head = match.index + match[0].length;
  const items: OutlineItem[] = [];
  let column = -1;
  let item: Omit<OutlineItem, "end"> | undefined;
  /** The first of the comment lines that may belong to the next item. */
  let comments: number | undefined;
  let doubtful = false;
  let tail: number | undefined;
  for (let line = head, next = head; line < text.length && tail === undefined; line = next) {
    let at = line;
    while (text[at] === " ") at++;
    const feed = text.indexOf("\n", at);
    next = feed === -1 ? text.length : feed + 1;
    const char = text[at];
    const indent = at - line;
    if (char === undefined || char === "\n" || text.startsWith("\r\n", at)) continue;
    if (char === "#" && (column === -1 || indent <= column)) {
      comments ??= line;
      continue;
    }
    // A line of tabs is blank or an error, depending on the lines above it.
    if (char === "\t" && indent <= column) return undefined;
    const start = comments ?? line;
    if (column !== -1 && indent > column) {
      doubtful ||= comments !== undefined;
      next = endOfIndented(text, next, column + 1);
    } else {
      if (item !== undefined) items.push({ ...item, end: start });
      item = undefined;
      if (items.length === MAX_ITEMS) return undefined;
      if (isDash(text, at) && (column === -1 || indent === column)) {
        column = indent;
        item = { lead: start, start: line };
      } else if (indent > 0) {
        return undefined;
      } else {
        tail = start;
      }
    }
    comments = undefined;
  }
  tail ??= comments ?? text.length;
  if (item !== undefined) items.push({ ...item, end: tail });
  return { key, head, column, items, tail: items.length === 0 ? head : tail, doubtful };
}

function isDash(text: string, at: number): boolean {
  return text[at] === "-" && /^[ \r\n]?$/.test(text[at + 1] ?? "");
}
