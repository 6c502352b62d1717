import { bisect } from "../../cassette/bisect.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";

/** The text that one event adds to a streamed text. */
export interface Piece {
  readonly event: TraceEvent;
  /** Its offset in the whole text. */
  readonly from: number;
  readonly text: string;
}

/** Splits a stream's text or reasoning by events, without the empty pieces. */
export function piecesOf(trace: StreamTrace, kind: "text" | "reasoning"): readonly Piece[] {
  return splitBy(trace.events, ({ decoded }) =>
    decoded.map((each) => (each.kind === kind ? each.text : "")).join(""),
  );
}

/** Splits by what `read` returns for each event. */
export function splitBy(
  events: readonly TraceEvent[],
  read: (event: TraceEvent) => string | undefined,
): readonly Piece[] {
  return inOneText(events.map((event) => ({ event, text: read(event) ?? "" })));
}

/** Lays pieces end to end, without the empty ones. */
export function inOneText(pieces: readonly Omit<Piece, "from">[]): readonly Piece[] {
  let to = 0;
  return pieces.flatMap(({ event, text }) => {
    const from = to;
    to += text.length;
    return text === "" ? [] : [{ event, from, text }];
  });
}

/** Finds the piece with the character at `offset`; past the end, the last piece. */
export function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  return pieces[Math.max(0, bisect(pieces.length, (index) => pieces[index]!.from > offset) - 1)];
}
