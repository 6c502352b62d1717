import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { untimed } from "./assert-streams.ts";
import { type Piece, pieceAt } from "./pieces.ts";
import { ms } from "./words.ts";

/** How much later than necessary the application emitted one event. */
export interface Delay {
  readonly sent: Piece;
  /** The emitted piece that completed it. */
  readonly emitted: Piece;
  /** Milliseconds more than for the fastest event. */
  readonly added: number;
}

/** Timers may fire this early, in milliseconds. */
const TOLERANCE = 5;

const CAUSES =
  "Replay the cassette at its recorded pace (pacing: 'recorded'), and let the test's clock run. If the application " +
  "answers only after the provider is done, measure from the request: traceStream(response, { since })";

/**
 * Computes the delay that the application added to each event, for equal texts. The clocks of the two streams start at
 * different moments, so only differences count: the fastest event has a delay of 0.
 */
export function addedDelays(
  upstream: readonly StreamTrace[],
  application: StreamTrace,
  sent: readonly Piece[],
  emitted: readonly Piece[],
): readonly Delay[] | { readonly why: string } {
  const [only] = upstream;
  if (only === undefined || upstream.length > 1) {
    return { why: "the clocks of several provider streams start at different moments" };
  }
  const why = untimed(only);
  if (why !== undefined) return { why: `in the provider's stream: ${why}` };
  if (untimed(application) !== undefined) return { why: "the application's stream has no timing" };
  const passed = sent.map((piece) => {
    const completedBy = pieceAt(emitted, piece.from + piece.text.length - 1) ?? piece;
    return { sent: piece, emitted: completedBy, raw: (completedBy.event.at ?? 0) - (piece.event.at ?? 0) };
  });
  const first = sent[0]?.event.at ?? 0;
  const last = sent.at(-1)?.event.at ?? 0;
  const out = emitted.at(-1)?.event.at ?? 0;
  // The application cannot emit an event before it receives it: the two clocks do not compare.
  if (out < last - first - TOLERANCE) {
    return {
      why: `the provider took ${ms(last - first)}, but the application was done after ${ms(out)}. ${CAUSES}`,
    };
  }
  const least = passed.reduce((least, { raw }) => Math.min(least, raw), Number.POSITIVE_INFINITY);
  return passed.map(({ raw, ...rest }) => ({ ...rest, added: Math.round((raw - least) * 10) / 10 }));
}
