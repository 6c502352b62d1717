import type { TraceEvent } from "../../../streams/trace-event.ts";
import { commonPrefix, joined, type Piece, pieceAt } from "./pieces.ts";
import { eventRange, quote } from "./show.ts";

/** The first place at which what came out is not what went in. */
export interface PieceDifference {
  readonly words: string;
  /** Events that went in and are concerned. */
  readonly sent: readonly TraceEvent[];
  /** Events that came out and are concerned. */
  readonly emitted: readonly TraceEvent[];
}

/** A stretch of a text. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * Compares what was sent with what was emitted, wherever either is cut into events; `undefined` where they are
 * the same. Looks at the stretch between the first and the last difference: what is missing, what is there
 * twice, what changed places.
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
  const show = (text: string): string => quote(what === "text" ? text : text.trimEnd());
  const source = `of the provider's ${range(from)}`;
  const out = `with the application's ${range(to)}`;
  return { words: words(), sent: from, emitted: to };

  function words(): string {
    if (added === "") return `${what} ${show(lost)} ${source} is lost`;
    if (lost === "") {
      return before.includes(added)
        ? `${what} ${show(added)} comes twice, again ${out}`
        : `${what} ${show(added)} is added ${out}`;
    }
    const became = `${show(lost)} became ${show(added)}`;
    return sorted(lost) === sorted(added)
      ? `${what} ${source} comes out of order: ${became}`
      : `${what} ${show(lost)} ${source} became ${show(added)}`;
  }
}

/**
 * Moves a difference to where events begin and end, if the same difference may as well be seen there: of
 * " ab ab" without one " ab", what is lost may be told as "ab " or as " ab".
 */
function toBoundaries(
  before: string,
  after: string,
  left: Stretch,
  right: Stretch,
  sent: ReadonlySet<number>,
  emitted: ReadonlySet<number>,
): readonly [Stretch, Stretch] {
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

function slide(text: string, stretch: Stretch, boundaries: ReadonlySet<number>): Stretch {
  let { from, to } = stretch;
  while (!(boundaries.has(from) && boundaries.has(to))) {
    if (from === 0 || text[from - 1] !== text[to - 1]) return stretch;
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

/** The events that bear a stretch; for an empty one, the event where it would be. */
function eventsIn(pieces: readonly Piece[], { from, to }: Stretch): readonly TraceEvent[] {
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

function range(events: readonly TraceEvent[]): string {
  const [first] = events;
  return first === undefined ? "events" : eventRange(first.index, events.at(-1)?.index ?? first.index);
}
