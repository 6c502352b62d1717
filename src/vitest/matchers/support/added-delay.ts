import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { untimed } from "./decodable.ts";
import { type Piece, pieceAt } from "./pieces.ts";
import { ms } from "./show.ts";

/** How long one event was on its way through the application. */
export interface Delay {
  readonly sent: Piece;
  /** The emitted piece that completed it. */
  readonly emitted: Piece;
  /** Milliseconds more than the event that was passed on quickest. */
  readonly added: number;
}

/** Timers may fire this much early, in milliseconds. */
const TOLERANCE = 5;

const CAUSES =
  "Either the tape was not played at its recorded pace (pacing: 'recorded'), or the clock of the test stood still, " +
  "or the application answered when the provider was done: then count from the request, traceStream(response, { since })";

/**
 * The delay that the application added to each event, for texts that are the same. Only differences of times
 * count, since the clocks of the two streams start at moments of their own: the event that was passed on
 * quickest has a delay of 0.
 */
export function addedDelays(
  upstream: readonly StreamTrace[],
  application: StreamTrace,
  sent: readonly Piece[],
  emitted: readonly Piece[],
): readonly Delay[] | { readonly why: string } {
  const [only] = upstream;
  if (only === undefined || upstream.length > 1) {
    return { why: "the times of several streams were counted from moments of their own" };
  }
  const without = untimed(only);
  if (without !== undefined) return { why: `of the provider's stream, ${without}` };
  if (untimed(application) !== undefined) return { why: "the application's stream bears no times" };
  const passed = sent.map((piece) => {
    const completedBy = pieceAt(emitted, piece.from + piece.text.length - 1)!;
    return { sent: piece, emitted: completedBy, raw: (completedBy.event.at ?? 0) - (piece.event.at ?? 0) };
  });
  const first = sent[0]?.event.at ?? 0;
  const last = sent.at(-1)?.event.at ?? 0;
  const out = emitted.at(-1)?.event.at ?? 0;
  // Nothing comes out before it went in, so the two were not timed alike.
  if (out < last - first - TOLERANCE) {
    return {
      why: `what the provider sent over ${ms(last - first)} was out after ${ms(out)}. ${CAUSES}`,
    };
  }
  const least = Math.min(...passed.map(({ raw }) => raw));
  return passed.map(({ raw, ...rest }) => ({ ...rest, added: Math.round((raw - least) * 10) / 10 }));
}
