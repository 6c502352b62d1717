/** Where the parts of a tape's text begin, found by its lines alone. */
export interface Outline {
  /** Offset behind the colon of `interactions:`. */
  readonly key: number;
  /** Offset of the first line behind the one that says `interactions:`. */
  readonly head: number;
  /** Column of the dashes; -1 on a tape without interactions. */
  readonly column: number;
  readonly items: readonly OutlineItem[];
  /** Offset behind the list. */
  readonly tail: number;
  /** `true` where a comment stands further left than the item that goes on after it: YAML readers differ on it. */
  readonly doubtful: boolean;
}

export interface OutlineItem {
  /** Offset of the first comment line that belongs to the interaction. */
  readonly lead: number;
  /** Offset of the line with the dash. */
  readonly start: number;
  /** Offset behind its last line; where the next one's `lead` is. */
  readonly end: number;
}

/** Not with `^`, which is also true behind the line separators of Unicode. */
const KEY = /(?<![^\n])interactions:[ \t]*(?:#[^\n]*)?(?:\r?\n|$)/;
const SPACE = 32;
const TAB = 9;
const LF = 10;
const CR = 13;
const HASH = 35;
const DASH = 45;
/** Beyond all tapes: what has more dashes is for a reader to refuse that counts what it takes in. */
const MAX_ITEMS = 1_000_000;

/**
 * Cuts a text at the dashes of its list of interactions, comments above a dash going with it. In a block
 * list all that belongs to an item is indented deeper than its dash, so no YAML has to be understood for
 * this. `undefined` where the list is not written as one item after another.
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
  /** First comment line of those that may belong to the next item. */
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
    // Whether a line of tabs is blank or an error depends on what stands above it.
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
