import { count } from "../../cassette/count.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { checkNumber, checkOptions } from "./support/arguments.ts";
import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { findDuplicates } from "./support/duplicates.ts";
import { eventRange, list } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

export interface DuplicateOptions extends StreamMatcherOptions {
  /**
   * How many different events a run has at least that counts as repeated, or how many different words a single
   * event. Raise it for streams in which the model repeats itself: the chorus of a song. With `1` a word that comes
   * twice in a row is a duplicate.
   * @defaultValue `3`
   */
  readonly minRun?: number | undefined;
}

/** No event was delivered twice. Equal pieces in a row ("ha ha ha") are none. */
export function toHaveNoDuplicateEvents(
  this: MatcherContext,
  received: unknown,
  options: DuplicateOptions = {},
): MatcherResult {
  checkOptions("toHaveNoDuplicateEvents", options, ["minRun", "all"]);
  const { minRun = 3, all } = options;
  checkNumber("toHaveNoDuplicateEvents", "`minRun`", minRun);
  const claim = { is: "no duplicate events", isNot: "duplicate events" };
  return judgeStreams(this, "toHaveNoDuplicateEvents", received, { all }, claim, (trace) => {
    if (trace.events.length === 0) return unknown("the stream has no events");
    const duplicates = findDuplicates(trace, minRun);
    if (duplicates.length === 0) {
      return {
        holds: true,
        found: `there are none among ${count(trace.events.length, "event")}`,
        show: () => showEvents(trace),
      };
    }
    const told = duplicates.slice(0, 4).map(({ first, again, how }) => {
      const repeat = again.length === 1 ? "repeats" : "repeat";
      return `${range(again)} ${repeat} ${range(first)} ${how}`;
    });
    if (duplicates.length > 4) told.push(`${duplicates.length - 4} more`);
    const focus = duplicates.flatMap(({ again }) => again.map(({ index }) => index));
    return { holds: false, found: list(told), show: () => showEvents(trace, focus, 3) };
  });
}

function range(events: readonly TraceEvent[]): string {
  const from = events[0]?.index ?? 0;
  const to = events.at(-1)?.index ?? from;
  return events.length === to - from + 1
    ? eventRange(from, to)
    : `events ${list(events.map(({ index }) => String(index)))}`;
}
