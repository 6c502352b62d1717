import { assertStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { numberingOf } from "./support/numbering.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { list, listFirst } from "./support/words.ts";

/** Checks that the provider's own numbers (`sequence_number`, or numeric SSE ids) go up by one. */
export function toHaveNoSequenceGaps(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no gaps in the numbers of the events", isNot: "a gap in the numbers of the events" };
  return assertStreams(this, "toHaveNoSequenceGaps", received, options, claim, (trace) => {
    const numbering = numberingOf(trace);
    if ("why" in numbering) return unknown(numbering.why, trace);
    const { field, ranges, faults } = numbering;
    const focus = faults.map(({ event }) => event.index);
    const found =
      faults.length === 0
        ? `${field} runs from ${list(ranges)}`
        : listFirst(
            faults.map(({ words }) => words),
            5,
          );
    return { holds: faults.length === 0, found, show: () => showEvents(trace, focus) };
  });
}
