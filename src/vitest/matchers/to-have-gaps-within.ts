import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { describeLimits, type GapLimits, gapLimits, judgeGaps } from "./support/gap-limits.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The gaps between events that bear content are within these limits, in milliseconds. */
export function toHaveGapsWithin(
  this: MatcherContext,
  received: unknown,
  limits: GapLimits,
  options?: StreamMatcherOptions,
): MatcherResult {
  const named = gapLimits("toHaveGapsWithin", limits);
  const words = describeLimits(named);
  const claim = { is: `gaps within ${words}`, isNot: `gaps longer than ${words}` };
  return judgeStreams(this, "toHaveGapsWithin", received, options, claim, (trace) => judgeGaps(trace, named));
}
