import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { numberRange, type RangeLimits } from "./support/number-range.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { tokenRate } from "./support/token-rate.ts";

/**
 * Output tokens came at this rate: (tokens - 1) / (last content - first token), by the provider's own count.
 */
export function toHaveTokensPerSecond(
  this: MatcherContext,
  received: unknown,
  limits: RangeLimits,
  options?: StreamMatcherOptions,
): MatcherResult {
  const range = numberRange("toHaveTokensPerSecond", limits);
  const claim = {
    is: `${range.words} tokens per second`,
    isNot: `a rate other than ${range.words} tokens per second`,
  };
  return judgeStreams(this, "toHaveTokensPerSecond", received, options, claim, (trace) =>
    tokenRate(trace, range),
  );
}
