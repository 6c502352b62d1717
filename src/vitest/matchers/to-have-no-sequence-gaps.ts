import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { numberingOf } from "./support/numbering.ts";
import { list } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The provider's own numbers (`sequence_number`, or an SSE `id` that counts) rise by one from event to event. */
export function toHaveNoSequenceGaps(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no gaps in the numbers of the events", isNot: "a gap in the numbers of the events" };
  return judgeStreams(this, "toHaveNoSequenceGaps", received, options, claim, (trace) => {
    const numbering = numberingOf(trace);
    const show =
      (focus: readonly number[] = []) =>
      (): string =>
        showEvents(trace, focus);
    if ("why" in numbering) return { ...unknown(numbering.why), show: show() };
    const { field, ranges, faults } = numbering;
    if (faults.length === 0)
      return { holds: true, found: `${field} runs from ${list(ranges)}`, show: show() };
    const told = faults.slice(0, 5).map(({ words }) => words);
    if (faults.length > 5) told.push(`${faults.length - 5} more`);
    return { holds: false, found: list(told), show: show(faults.map(({ event }) => event.index)) };
  });
}
