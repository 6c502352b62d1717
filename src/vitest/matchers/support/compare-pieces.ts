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
  const lost = before.slice(start, before.length - end);
  const added = after.slice(start, after.length - end);
  const from = eventsIn(sent, start, lost.length);
  const to = eventsIn(emitted, start, added.length);
  const words = describe(what, lost, added, sent, emitted, from, to, before.slice(0, start));
  return { words, sent: from, emitted: to };
}

function describe(
  what: string,
  lost: string,
  added: string,
  sent: readonly Piece[],
  emitted: readonly Piece[],
  from: readonly TraceEvent[],
  to: readonly TraceEvent[],
  before: string,
): string {
  const source = `of the provider's ${range(from)}`;
  const out = `with the application's ${range(to)}`;
  if (added === "") return `${what} ${quote(lost)} ${source} is lost`;
  if (lost === "") {
    return before.endsWith(added) || joined(sent).includes(added)
      ? `${what} ${quote(added)} comes twice, again ${out}`
      : `${what} ${quote(added)} is added ${out}`;
  }
  if (areSamePieces(lost, added, sent, emitted, from, to)) {
    return `${what} ${source} comes out of order: ${quote(lost)} became ${quote(added)}`;
  }
  return `${what} ${quote(lost)} ${source} became ${quote(added)}`;
}

/** Whether what was emitted is made of the very pieces that were sent, in another order. */
function areSamePieces(
  lost: string,
  added: string,
  sent: readonly Piece[],
  emitted: readonly Piece[],
  from: readonly TraceEvent[],
  to: readonly TraceEvent[],
): boolean {
  if (lost.length !== added.length) return false;
  const texts = (pieces: readonly Piece[], events: readonly TraceEvent[]): string =>
    JSON.stringify(
      pieces
        .filter(({ event }) => events.includes(event))
        .map(({ text }) => text)
        .sort(),
    );
  const letters = (text: string): string => [...text].sort().join("");
  return texts(sent, from) === texts(emitted, to) || letters(lost) === letters(added);
}

/** The events that bear the characters from `from` on. */
function eventsIn(pieces: readonly Piece[], from: number, length: number): readonly TraceEvent[] {
  const touched = pieces.filter(
    (piece) => piece.from < from + length && piece.from + piece.text.length > from,
  );
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
