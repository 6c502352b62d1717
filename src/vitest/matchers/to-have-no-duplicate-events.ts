import { count } from "../../cassette/count.ts";
import { list } from "../../cassette/list.ts";
import { findDuplicates } from "../../compare/streams/duplicates.ts";
import { assertStreams, unknown } from "./support/assert-streams.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

export interface DuplicateOptions extends StreamMatcherOptions {
  /**
   * How many different words repeated events must contain to be duplicates. Raise it for streams in which the model
   * repeats itself, such as the chorus of a song. With `1`, any word that comes twice in a row is a duplicate.
   * @defaultValue `3`
   */
  readonly minRun?: number | undefined;
}

/** Checks that no event was delivered twice. A few repeated words ("ha ha ha") are not duplicates. */
export function toHaveNoDuplicateEvents(
  this: MatcherContext,
  received: unknown,
  options: DuplicateOptions = {},
): MatcherResult {
  checkOptions("toHaveNoDuplicateEvents", options, ["minRun", "all"]);
  const { minRun = 3, all } = options;
  checkNumber("toHaveNoDuplicateEvents", "`minRun`", minRun);
  const claim = { is: "no duplicate events", isNot: "duplicate events" };
  return assertStreams(this, "toHaveNoDuplicateEvents", received, { all }, claim, (trace) => {
    if (trace.events.length === 0) return unknown("the stream has no events");
    const duplicates = findDuplicates(trace, minRun);
    const [first] = duplicates;
    const words = duplicates.map(({ first, again }) => `event ${again} repeats event ${first}`);
    return {
      holds: duplicates.length === 0,
      found: first
        ? `${list(words, "and", 4)} ${first.how}`
        : `there are none among ${count(trace.events.length, "event")}`,
      focus: duplicates.map(({ again }) => again),
    };
  });
}
