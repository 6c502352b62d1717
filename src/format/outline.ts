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

/** Not with `^`, which also matches after the line separators of Unicode. */
const KEY = /(?<![^\n])interactions:[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/;
const SPACE = 32;
const TAB = 9;
const LF = 10;
const CR = 13;
const HASH = 35;
const DASH = 45;
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
  let start = -1;
  let lead = -1;
  /** The first of the comment lines that may belong to the next item. */
  let comments = -1;
  let doubtful = false;
  let line = head;
  let tail = text.length;
  while (line < text.length) {
    let at = line;
    while (text.charCodeAt(at) === SPACE) at += 1;
    const feed = text.indexOf("\n", at);
    const next = feed === -1 ? text.length : feed + 1;
    const code = text.charCodeAt(at);
    const indent = at - line;
    if (at >= text.length || code === LF || (code === CR && text.charCodeAt(at + 1) === LF)) {
      line = next;
      continue;
    }
    if (code === HASH && (column === -1 || indent <= column)) {
      if (comments === -1) comments = line;
      line = next;
      continue;
    }
    // A line of tabs is blank or an error, depending on the lines above it.
    if (code === TAB && indent <= column) return undefined;
    if (column === -1) {
      if (!isDash(text, at)) {
        if (indent > 0) return undefined;
        tail = comments === -1 ? line : comments;
        break;
      }
      column = indent;
    }
    if (indent > column) {
      if (comments !== -1) doubtful = true;
      comments = -1;
      line = next;
      continue;
    }
    if (items.length === MAX_ITEMS) return undefined;
    const dash = indent === column && isDash(text, at);
    const end = comments === -1 ? line : comments;
    if (start !== -1) items.push({ lead, start, end });
    start = -1;
    if (!dash) {
      if (indent > 0) return undefined;
      tail = end;
      break;
    }
    lead = comments === -1 ? line : comments;
    start = line;
    comments = -1;
    line = next;
  }
  if (line >= text.length && comments !== -1) tail = comments;
  if (start !== -1) items.push({ lead, start, end: tail });
  return { key, head, column, items, tail, doubtful };
}

function isDash(text: string, at: number): boolean {
  if (text.charCodeAt(at) !== DASH) return false;
  const after = text.charCodeAt(at + 1);
  return after === SPACE || after === LF || after === CR || Number.isNaN(after);
}
