import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { type CountRange, countOf, countRange, isWithin } from "./support/number-range.ts";
import { thereAre } from "./support/show.ts";
import { showChunks } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The stream came in so many reads. */
export function toHaveChunkCount(
  this: MatcherContext,
  received: unknown,
  expected: CountRange,
  options?: StreamMatcherOptions,
): MatcherResult {
  const range = countRange("toHaveChunkCount", expected);
  const claim = {
    is: countOf(range, "chunk"),
    isNot: `not ${countOf(range, "chunk")}`,
  };
  return judgeStreams(this, "toHaveChunkCount", received, options, claim, (trace) => ({
    holds: isWithin(trace.chunks.length, range),
    found: thereAre(trace.chunks.length, "chunk"),
    show: () => showChunks(trace),
  }));
}
