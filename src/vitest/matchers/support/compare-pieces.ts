import type { TraceEvent } from "../../../streams/trace-event.ts";
import { commonPrefix, joined, type Piece, pieceAt } from "./pieces.ts";
import { eventRange, quote } from "./words.ts";

/** The first difference between the provider's content and the application's. */
export interface PieceDifference {
  readonly words: string;
  /** The provider's events in which it is. */
  readonly sent: readonly TraceEvent[];
  /** The application's events in which it is. */
  readonly emitted: readonly TraceEvent[];
}

/** A part of a text. */
interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Compares the provider's content with the application's, however each is split into events; `undefined` if they
 * are the same. Looks at the span from the first difference to the last: what is lost, repeated or out of order.
 *
 * @param what `text`, `reasoning`, ...
 */
export function comparePieces(
  what: string,
  sent: readonly Piece[],
  emitted: readonly Piece[],
): PieceDifference | undefined {
  const before = joined(sent);
  const after = joined(emitted);
  if (before === after) return undefined;
  const start = commonPrefix(before, after);
  const end = commonSuffix(before, after, start);
  const [left, right] = toBoundaries(
    before,
    after,
    { from: start, to: before.length - end },
    { from: start, to: after.length - end },
    boundariesOf(sent),
    boundariesOf(emitted),
  );
  const lost = before.slice(left.from, left.to);
  const added = after.slice(right.from, right.to);
  const from = eventsIn(sent, left);
  const to = eventsIn(emitted, right);
  const shown = (text: string): string => quote(what === "text" ? text : text.trimEnd());
  const source = `of the provider's ${eventRange(indexesOf(from))}`;
  const out = `with the application's ${eventRange(indexesOf(to))}`;
  return { words: words(), sent: from, emitted: to };

  function words(): string {
    if (added === "") return `${what} ${shown(lost)} ${source} is lost`;
    if (lost === "") {
      return before.includes(added)
        ? `${what} ${shown(added)} is repeated ${out}`
        : `${what} ${shown(added)} is added ${out}`;
    }
    const became = `${shown(lost)} became ${shown(added)}`;
    return sorted(lost) === sorted(added)
      ? `${what} ${source} is out of order: ${became}`
      : `${what} ${shown(lost)} ${source} became ${shown(added)}`;
  }
}

/**
 * Moves a difference to the boundaries of events if that describes it as well: if " ab ab" lost one " ab", the lost
 * text is either "ab " or " ab".
 */
function toBoundaries(
  before: string,
  after: string,
  left: Span,
  right: Span,
  sent: ReadonlySet<number>,
  emitted: ReadonlySet<number>,
): readonly [Span, Span] {
  if (right.from === right.to) return [slide(before, left, sent), right];
  if (left.from === left.to) return [left, slide(after, right, emitted)];
  let head = 0;
  while (head < left.from && !(sent.has(left.from - head) && emitted.has(right.from - head))) head++;
  let tail = 0;
  const most = before.length - left.to;
  while (tail < most && !(sent.has(left.to + tail) && emitted.has(right.to + tail))) tail++;
  return [
    { from: left.from - head, to: left.to + tail },
    { from: right.from - head, to: right.to + tail },
  ];
}

function slide(text: string, span: Span, boundaries: ReadonlySet<number>): Span {
  let { from, to } = span;
  while (!(boundaries.has(from) && boundaries.has(to))) {
    if (from === 0 || text[from - 1] !== text[to - 1]) return span;
    from--;
    to--;
  }
  return { from, to };
}

function boundariesOf(pieces: readonly Piece[]): ReadonlySet<number> {
  return new Set(pieces.flatMap(({ from, text }) => [from, from + text.length]));
}

function sorted(text: string): string {
  return [...text].sort().join("");
}

/** Finds the events that contain a span; for an empty span, the event at its position. */
function eventsIn(pieces: readonly Piece[], { from, to }: Span): readonly TraceEvent[] {
  const touched = pieces.filter((piece) => piece.from < to && piece.from + piece.text.length > from);
  if (touched.length > 0) return touched.map(({ event }) => event);
  const nearest = pieceAt(pieces, from);
  return nearest === undefined ? [] : [nearest.event];
}

function commonSuffix(a: string, b: string, after: number): number {
  const most = Math.min(a.length, b.length) - after;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length++;
  return length;
}

function indexesOf(events: readonly TraceEvent[]): readonly number[] {
  return events.map(({ index }) => index);
}
