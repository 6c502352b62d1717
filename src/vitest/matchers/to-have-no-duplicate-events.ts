import { count } from "../../cassette/count.ts";
import { assertStreams, unknown } from "./support/assert-streams.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import { findDuplicates } from "./support/duplicates.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { eventRange, listFirst } from "./support/words.ts";

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
    if (duplicates.length === 0) {
      return {
        holds: true,
        found: `there are none among ${count(trace.events.length, "event")}`,
        show: () => showEvents(trace),
      };
    }
    const sentences = duplicates.map(({ first, again, how }) => {
      const repeat = again.length === 1 ? "repeats" : "repeat";
      return `${eventRange(again)} ${repeat} ${eventRange(first)} ${how}`;
    });
    const focus = duplicates.flatMap(({ again }) => again);
    return { holds: false, found: listFirst(sentences, 4), show: () => showEvents(trace, focus, 3) };
  });
}
