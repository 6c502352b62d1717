import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { showChunks, showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { thereAre } from "./support/words.ts";

/** Checks how many chunks the stream arrived in. */
export const toHaveChunkCount = countMatcher(
  "toHaveChunkCount",
  "chunk",
  ({ chunks }) => chunks.length,
  showChunks,
);

/** Checks how many events the stream has, including bookkeeping and the end marker. */
export const toHaveEventCount = countMatcher(
  "toHaveEventCount",
  "event",
  ({ events }) => events.length,
  showEvents,
);

function countMatcher(
  matcher: string,
  noun: string,
  amountIn: (trace: StreamTrace) => number,
  show: (trace: StreamTrace) => string,
) {
  return function (
    this: MatcherContext,
    received: unknown,
    expected: CountRange,
    options?: StreamMatcherOptions,
  ): MatcherResult {
    const range = countRange(matcher, expected);
    const words = `${range.words} ${noun}${range.words === "1" ? "" : "s"}`;
    const claim = { is: words, isNot: `not ${words}` };
    return assertStreams(this, matcher, received, options, claim, (trace) => ({
      holds: isWithin(amountIn(trace), range),
      found: thereAre(amountIn(trace), noun),
      show: () => show(trace),
    }));
  };
}
