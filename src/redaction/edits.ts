import type { Placeholders } from "./placeholder.ts";
import type { Place } from "./view.ts";

/** A secret, and everywhere that its pieces are written. */
export interface PlacedSecret {
  readonly places: readonly Place[];
  readonly secret: string;
  readonly type: string;
  /** Whether the user may allow it by its path. */
  readonly isAllowable?: boolean;
  /** The text to write instead, if it is not the secret's own placeholder. */
  readonly replacement?: string | undefined;
  /** Whether it is known to end where it ends, though another secret may begin with it. */
  readonly isWhole?: boolean;
  /** Whether the new text needs quotes (in JSON, for a number under a secret name). */
  readonly quoted?: boolean;
}

/** Replaces the text from `start` to `end` with `text`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The edits that remove all of `secrets`, in order. If two overlap, the longer gets the placeholder and what the other
 * covers besides is removed: nothing of either is left.
 */
export function editsFor(secrets: readonly PlacedSecret[], placeholders: Placeholders): readonly Edit[] {
  const edits: Edit[] = [];
  const covered = new Coverage();
  const winners: PlacedSecret[] = [];
  const rank = ({ replacement, secret }: PlacedSecret): number =>
    replacement === undefined ? secret.length : Number.MAX_SAFE_INTEGER;
  // Of equals the most decoded one knows best how to write there.
  const depth = ({ places }: PlacedSecret): number => places[0]?.depth ?? 0;
  for (const secret of [...secrets].sort((a, b) => rank(b) - rank(a) || depth(b) - depth(a))) {
    let overlaps = false;
    const free: Edit[] = [];
    for (const { start, end } of secret.places) {
      // An empty text takes no place and stands in nobody's way.
      if (start === end) continue;
      const gaps = covered.add(start, end);
      if (gaps.length !== 1 || gaps[0]?.start !== start || gaps[0].end !== end) overlaps = true;
      for (const gap of gaps) free.push({ ...gap, text: "" });
    }
    if (!overlaps) winners.push(secret);
    else if (secret.replacement === undefined) edits.push(...free);
  }
  const wholes = wholesOf(winners);
  for (const secret of winners.sort((a, b) => startOf(a) - startOf(b))) {
    edits.push(...replace(secret, wholes.get(secret.secret) ?? secret, placeholders));
  }
  return edits.sort((a, b) => a.start - b.start || a.end - b.end);
}

/** `text` after all of `edits`, which are in order. */
export function edited(text: string, edits: readonly Edit[]): string {
  let result = "";
  let done = 0;
  for (const { start, end, text: inserted } of edits) {
    result += text.slice(done, start) + inserted;
    done = end;
  }
  return result + text.slice(done);
}

function startOf({ places }: PlacedSecret): number {
  return places[0]?.start ?? 0;
}

function replace(
  { replacement, quoted, secret, places }: PlacedSecret,
  whole: PlacedSecret,
  placeholders: Placeholders,
): readonly Edit[] {
  const plain = replacement ?? placeholders.of(whole.secret, whole.type);
  const text = quoted ? `"${plain}"` : plain;
  // A text that is replaced with itself keeps its bytes.
  if (text === secret) return [];
  return places.map(({ start, end, encode }, index) => ({ start, end, text: index > 0 ? "" : encode(text) }));
}

/** Less than this may be the beginning of two. */
const MIN_PART = 10;

/**
 * For secrets that are only the beginning of another one: that other one. Streams that repeat what was said so far hold
 * a key in all its lengths.
 */
function wholesOf(secrets: readonly PlacedSecret[]): ReadonlyMap<string, PlacedSecret> {
  const bySecret = new Map(
    secrets.filter(({ replacement }) => replacement === undefined).map((each) => [each.secret, each]),
  );
  const wholes = new Map<string, PlacedSecret>();
  let next: PlacedSecret | undefined;
  // In this order what begins with a text stands right behind it.
  for (const secret of [...bySecret.keys()].sort().reverse()) {
    const mayBePart = secret.length >= MIN_PART && bySecret.get(secret)?.isWhole !== true;
    const isPart = mayBePart && next?.secret.startsWith(secret);
    const whole = isPart ? wholes.get((next as PlacedSecret).secret) : bySecret.get(secret);
    if (whole !== undefined) wholes.set(secret, whole);
    next = bySecret.get(secret);
  }
  return wholes;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Parts of a text that are taken, as a sorted list that never touches itself. */
class Coverage {
  readonly #taken: Range[] = [];

  /** Takes `start` to `end`; returns what of it was free until now. */
  add(start: number, end: number): readonly Range[] {
    let low = 0;
    let high = this.#taken.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#taken[middle] as Range).end <= start) low = middle + 1;
      else high = middle;
    }
    const gaps: Range[] = [];
    let at = start;
    let last = low;
    for (; last < this.#taken.length; last++) {
      const next = this.#taken[last] as Range;
      if (next.start >= end) break;
      if (at < next.start) gaps.push({ start: at, end: next.start });
      at = Math.max(at, next.end);
    }
    if (at < end) gaps.push({ start: at, end });
    const merged = {
      start: Math.min(start, this.#taken[low]?.start ?? start),
      end: Math.max(end, this.#taken[last - 1]?.end ?? end),
    };
    this.#taken.splice(low, last - low, last > low ? merged : { start, end });
    return gaps;
  }
}
