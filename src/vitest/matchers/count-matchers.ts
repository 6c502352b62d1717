import { count } from "../../cassette/count.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { thereAre } from "./support/words.ts";

/** Checks how many chunks the stream arrived in. */
export const toHaveChunkCount = countMatcher("toHaveChunkCount", "chunk");

/** Checks how many events the stream has, including bookkeeping and the end marker. */
export const toHaveEventCount = countMatcher("toHaveEventCount", "event");

function countMatcher(matcher: string, noun: "chunk" | "event") {
  return function (
    this: MatcherContext,
    received: unknown,
    expected: CountRange,
    options?: StreamMatcherOptions,
  ): MatcherResult {
    const range = countRange(matcher, expected);
    const words = expected === 1 ? count(1, noun) : `${range.words} ${noun}s`;
    const claim = { is: words, isNot: `not ${words}` };
    return assertStreams(this, matcher, received, options, claim, (trace) => {
      const amount = trace[`${noun}s`].length;
      return { holds: isWithin(amount, range), found: thereAre(amount, noun) };
    });
  };
}
