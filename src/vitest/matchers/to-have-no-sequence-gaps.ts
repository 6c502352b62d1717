import { list } from "../../cassette/list.ts";
import { checkNumbering } from "../../compare/streams/sequence-gaps.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams, type Finding, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Checks that the provider's own numbers (`sequence_number`, or numeric SSE ids) go up by one. */
export function toHaveNoSequenceGaps(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no gaps in the numbers of the events", isNot: "a gap in the numbers of the events" };
  return assertStreams(this, "toHaveNoSequenceGaps", received, options, claim, findGaps);
}

function findGaps({ events }: StreamTrace): Finding {
  const numbering = checkNumbering(events);
  if ("unknown" in numbering) return unknown(numbering.unknown);
  const { field, count, gaps } = numbering;
  const words = gaps.map(({ index, from, to }) => `from ${from} to ${to} at event ${index}`);
  return {
    holds: gaps.length === 0,
    found:
      gaps.length === 0
        ? `${field} goes up by one in ${count} events`
        : `${field} goes ${list(words, "and", 5)}`,
    focus: gaps.map(({ index }) => index),
  };
}
