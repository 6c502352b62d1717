import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { type CountRange, countOf, countRange, isWithin } from "./support/number-range.ts";
import { thereAre } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The stream has so many events, bookkeeping and end marker included. */
export function toHaveEventCount(
  this: MatcherContext,
  received: unknown,
  expected: CountRange,
  options?: StreamMatcherOptions,
): MatcherResult {
  const range = countRange("toHaveEventCount", expected);
  const claim = {
    is: countOf(range, "event"),
    isNot: `not ${countOf(range, "event")}`,
  };
  return judgeStreams(this, "toHaveEventCount", received, options, claim, (trace) => ({
    holds: isWithin(trace.events.length, range),
    found: thereAre(trace.events.length, "event"),
    show: () => showEvents(trace),
  }));
}
