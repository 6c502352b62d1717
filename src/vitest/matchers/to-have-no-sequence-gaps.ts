import { isObject } from "../../cassette/is-object.ts";
import { list } from "../../cassette/list.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams, type Finding, unknown } from "./support/assert-streams.ts";
import { responsesOf } from "./support/duplicates.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Checks that the provider's own numbers (`sequence_number`, or numeric SSE ids) go up by one. */
export function toHaveNoSequenceGaps(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no gaps in the numbers of the events", isNot: "a gap in the numbers of the events" };
  return assertStreams(this, "toHaveNoSequenceGaps", received, options, claim, checkNumbering);
}

/**
 * SSE ids count if they are integers and at least one of them is one more than the id before it: times and random
 * numbers do not count events. Each response in the stream has its own numbers.
 */
function checkNumbering({ events }: StreamTrace): Finding {
  const responses = responsesOf(events);
  const numbered = events.flatMap(({ index, sequence }, position) =>
    sequence === undefined ? [] : [{ index, number: sequence, response: responses[position] }],
  );
  if (numbered.length === 0)
    return unknown("its events have no numbers, neither a sequence_number nor a numeric SSE id");
  const steps = [...Map.groupBy(numbered, ({ response }) => response).values()].flatMap((own) =>
    own.slice(1).map(({ index, number }, before) => ({ index, from: own[before]?.number ?? 0, to: number })),
  );
  const hasField = events.some(({ payload }) => isObject(payload) && "sequence_number" in payload);
  const field = hasField ? "sequence_number" : "id";
  if (field === "id" && !steps.some(({ from, to }) => to === from + 1))
    return unknown("the SSE ids of its events do not count up by one");
  const wrong = steps.filter(({ from, to }) => to !== from + 1);
  const words = wrong.map(({ index, from, to }) => `from ${from} to ${to} at event ${index}`);
  return {
    holds: wrong.length === 0,
    found:
      wrong.length === 0
        ? `${field} goes up by one in ${numbered.length} events`
        : `${field} goes ${list(words, "and", 5)}`,
    focus: wrong.map(({ index }) => index),
  };
}
