import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

/** What one event adds to a streamed text. */
export interface Piece {
  readonly event: TraceEvent;
  /** Where it begins in the whole text. */
  readonly from: number;
  readonly text: string;
}

/** Splits a stream's text or reasoning by events, without the empty pieces. */
export function piecesOf(trace: StreamTrace, kind: "text" | "reasoning"): readonly Piece[] {
  return splitBy(trace.events, (event) => {
    let text = "";
    for (const each of event.decoded) if (each.kind === kind) text += each.text;
    return text;
  });
}

/** Splits by what `read` returns for each event. */
export function splitBy(
  events: readonly TraceEvent[],
  read: (event: TraceEvent) => string | undefined,
): readonly Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const event of events) {
    const text = read(event) ?? "";
    if (text === "") continue;
    pieces.push({ event, from, text });
    from += text.length;
  }
  return pieces;
}

export function joined(pieces: readonly Piece[]): string {
  return pieces.map(({ text }) => text).join("");
}

/** Finds the piece with the character at `offset`; past the end, the last piece. */
export function pieceAt(pieces: readonly Piece[], offset: number): Piece | undefined {
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (pieces[middle]!.from <= offset) low = middle;
    else high = middle - 1;
  }
  return pieces[low];
}

/** Counts the characters that two texts share at the beginning. */
export function commonPrefix(a: string, b: string): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length++;
  return length;
}
