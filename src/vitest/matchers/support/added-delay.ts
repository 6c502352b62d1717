import { untimed } from "../../../compare/streams/known.ts";
import { type Piece, pieceAt } from "../../../compare/streams/pieces.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { ms, round } from "./words.ts";

/** How much later than necessary the application emitted one event. */
export interface Delay {
  readonly event: TraceEvent;
  /** The application's event that completed it. */
  readonly emitted: TraceEvent;
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
  const took = (sent.at(-1)?.event.at ?? 0) - (sent[0]?.event.at ?? 0);
  const out = emitted.at(-1)?.event.at ?? 0;
  // The application cannot emit an event before it receives it: the two clocks do not compare.
  if (out < took - TOLERANCE) {
    return { why: `the provider took ${ms(took)}, but the application was done after ${ms(out)}. ${CAUSES}` };
  }
  const delays = sent.map(({ event, from, text }) => {
    const completedBy = pieceAt(emitted, from + text.length - 1)?.event ?? event;
    return { event, emitted: completedBy, added: (completedBy.at ?? 0) - (event.at ?? 0) };
  });
  const least = delays.reduce((least, { added }) => Math.min(least, added), Number.POSITIVE_INFINITY);
  return delays.map((delay) => ({ ...delay, added: round(delay.added - least) }));
}
