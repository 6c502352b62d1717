import { type Piece, pieceAt } from "../../../compare/streams/pieces.ts";
import { commonHead, commonTail } from "../../../matching/common-ends.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { eventRange, quote } from "./words.ts";

/** The first difference between the provider's content and the application's. */
export interface PieceDifference {
  readonly words: string;
  /** The provider's events in which it is. */
  readonly sent: readonly TraceEvent[];
  /** The application's events in which it is. */
  readonly emitted: readonly TraceEvent[];
}

/**
 * Compares the provider's content with the application's, however each is split into events; `undefined` if they
 * are the same. Looks at the span from the first event that differs to the last character that does.
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
  const differs = commonHead(before, after);
  const piece = pieceAt(sent, differs);
  const from = piece !== undefined && differs < before.length ? piece.from : differs;
  const same = commonTail(before, after, from);
  const lost = before.slice(from, before.length - same);
  const added = after.slice(from, after.length - same);
  const inSent = eventsIn(sent, from, lost.length);
  const inEmitted = eventsIn(emitted, from, added.length);
  return { words: words(), sent: inSent, emitted: inEmitted };

  function words(): string {
    const source = `of the provider's ${rangeOf(inSent)}`;
    if (added === "") return `${what} ${quote(lost)} ${source} is lost`;
    if (lost !== "") {
      const isReordered = [...lost].sort().join("") === [...added].sort().join("");
      return `${what} ${quote(lost)} ${source} became ${quote(added)}${isReordered ? ", out of order" : ""}`;
    }
    const how = before.includes(added) ? "repeated" : "added";
    return `${what} ${quote(added)} is ${how} with the application's ${rangeOf(inEmitted)}`;
  }
}

function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Finds the events that contain a span; for an empty span, the event at its position. */
function eventsIn(pieces: readonly Piece[], from: number, length: number): readonly TraceEvent[] {
  const touched = pieces.filter(
    (piece) => piece.from < from + length && piece.from + piece.text.length > from,
  );
  const nearest = pieceAt(pieces, from);
  return (touched.length > 0 || nearest === undefined ? touched : [nearest]).map(({ event }) => event);
}

function rangeOf(events: readonly TraceEvent[]): string {
  return eventRange(events.map(({ index }) => index));
}
