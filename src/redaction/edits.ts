import type { Placeholders } from "./placeholder.ts";
import type { Edit, Piece, Source } from "./view.ts";

/** A secret that was found, and where. */
export interface Find {
  readonly pieces: readonly Piece[];
  readonly secret: string;
  readonly type: string;
  /** What to write in its place, where that is not a placeholder of its own. `undefined` otherwise. */
  readonly replacement?: string | undefined;
  /** A known value from its beginning to its end, though another may begin so too. */
  readonly isWhole?: boolean;
  /** The text as JSON needs quotes around its replacement (a number under a secret name). */
  readonly quoted?: boolean;
}

/**
 * Turns what was found into edits of its sources. Where two finds overlap, the longer secret gets the
 * placeholder and what the other covers besides is removed: nothing of either is left.
 */
export function settle(finds: readonly Find[], placeholders: Placeholders): void {
  const covered = new Map<Source, Coverage>();
  const winners: Find[] = [];
  const rank = (find: Find): number =>
    find.replacement === undefined ? find.secret.length : Number.MAX_SAFE_INTEGER;
  // Of equals the one in the most decoded text knows best how to write there.
  const depth = (find: Find): number => find.pieces[0]?.depth ?? 0;
  for (const find of [...finds].sort((a, b) => rank(b) - rank(a) || depth(b) - depth(a))) {
    let overlaps = false;
    const free: { readonly piece: Piece; readonly start: number; readonly end: number }[] = [];
    for (const piece of find.pieces) {
      const { source, start, end } = piece;
      // An empty text takes no place and stands in nobody's way.
      if (start === end) continue;
      const coverage = covered.get(source) ?? new Coverage();
      covered.set(source, coverage);
      const gaps = coverage.add(start, end);
      if (gaps.length !== 1 || gaps[0]?.start !== start || gaps[0].end !== end) overlaps = true;
      for (const gap of gaps) free.push({ piece, ...gap });
    }
    if (!overlaps) winners.push(find);
    else if (find.replacement === undefined) {
      for (const { piece, start, end } of free) erase(piece, start, end);
    }
  }
  const wholes = wholesOf(winners);
  for (const find of winners.sort(byAppearance)) replace(find, wholes.get(find.secret) ?? find, placeholders);
}

function erase({ source, erase }: Piece, start: number, end: number): void {
  source.edits.push({ start, end, text: erase?.(source.text.slice(start, end)) ?? "" });
}

/** Less than this may be the beginning of two. */
const MIN_PART = 10;

/**
 * For secrets that are only the beginning of another one: that other one. Streams that repeat what was said
 * so far hold a key in all its lengths.
 */
function wholesOf(finds: readonly Find[]): ReadonlyMap<string, Find> {
  const secrets = new Map(
    finds.filter((find) => find.replacement === undefined).map((find) => [find.secret, find]),
  );
  const wholes = new Map<string, Find>();
  let next: Find | undefined;
  // In this order what begins with a text stands right behind it.
  for (const secret of [...secrets.keys()].sort().reverse()) {
    const mayBePart = secret.length >= MIN_PART && secrets.get(secret)?.isWhole !== true;
    const isPart = mayBePart && next?.secret.startsWith(secret);
    const whole = isPart ? wholes.get((next as Find).secret) : secrets.get(secret);
    if (whole !== undefined) wholes.set(secret, whole);
    next = secrets.get(secret);
  }
  return wholes;
}

function replace(find: Find, whole: Find, placeholders: Placeholders): void {
  const plain = find.replacement ?? placeholders.of(whole.secret, whole.type);
  const text = find.quoted ? `"${plain}"` : plain;
  // One that is to be replaced by itself keeps the very bytes in which it stands.
  if (text === find.secret) return;
  find.pieces.forEach((piece, index) => {
    const { source, start, end } = piece;
    if (index > 0) erase(piece, start, end);
    else source.edits.push({ start, end, text: piece.encode(text) });
  });
}

function byAppearance(a: Find, b: Find): number {
  const [first, second] = [a.pieces[0] as Piece, b.pieces[0] as Piece];
  const position = ({ source, start }: Piece): number =>
    source.rank + (source.embedding === undefined ? start : 0);
  return position(first) - position(second) || first.start - second.start;
}

/** Parts of a text that are taken, as a sorted list that never touches itself. */
class Coverage {
  readonly #taken: { start: number; end: number }[] = [];

  /** Takes `start` to `end`; what of it was free until now. */
  add(start: number, end: number): readonly { readonly start: number; readonly end: number }[] {
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle] as { end: number }).end <= start) low = middle + 1;
      else high = middle;
    }
    const gaps: { start: number; end: number }[] = [];
    let at = start;
    let last = low;
    for (; last < this.#taken.length; last++) {
      const next = this.#taken[last] as { start: number; end: number };
      if (next.start >= end) break;
      if (at < next.start) gaps.push({ start: at, end: next.start });
      at = Math.max(at, next.end);
    }
    if (at < end) gaps.push({ start: at, end });
    const merged = {
      start: Math.min(start, this.#taken[low]?.start ?? start),
      end: Math.max(end, this.#taken[last - 1]?.end ?? end),
    };
    if (last > low) this.#taken.splice(low, last - low, merged);
    else this.#taken.splice(low, 0, { start, end });
    return gaps;
  }
}

/**
 * Writes the edits of embedded sources (base64) into the texts that hold them, the innermost first:
 * `sources` in the order in which they were opened.
 */
export function raise(sources: readonly Source[]): void {
  for (const source of [...sources].reverse()) {
    const { embedding } = source;
    if (embedding === undefined || source.edits.length === 0) continue;
    const encoded = embedding.encode(source.edited());
    embedding.view.locate(embedding.start, embedding.end).forEach((piece, index) => {
      const text = index === 0 ? piece.encode(encoded) : "";
      replaceWithin(piece.source.edits as Edit[], { start: piece.start, end: piece.end, text });
    });
  }
}

/** Adds `edit`, which stands for all that was to be done inside of it, unless it lies within another itself. */
function replaceWithin(edits: Edit[], edit: Edit): void {
  const inside = (inner: Edit, outer: Edit): boolean => inner.start >= outer.start && inner.end <= outer.end;
  if (edits.some((other) => inside(edit, other))) return;
  const kept = edits.filter((other) => !inside(other, edit));
  edits.splice(0, edits.length, ...kept, edit);
}
