import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { findRestart, hasSeveralChoices } from "./support/restarts.ts";
import { quote } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { unread } from "./support/unread.ts";

/** The text does not start again from its beginning in the middle of the stream. */
export function toHaveNoRestart(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no restart of the text", isNot: "a restart of the text" };
  return judgeStreams(this, "toHaveNoRestart", received, options, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    if (hasSeveralChoices(trace)) {
      return {
        ...unknown("the stream has several choices, whose texts run into one another"),
        show: () => showEvents(trace),
      };
    }
    const restart = findRestart(trace);
    if (restart === undefined) return { holds: true, found: "there is none", show: () => showEvents(trace) };
    const { kind, event, repeated, sign } = restart;
    const how = sign === undefined ? "" : `, ${sign}`;
    return {
      holds: false,
      found: `the ${kind} starts again at event ${event.index}${how}: ${quote(repeated)} comes once more`,
      show: () => showEvents(trace, [event.index], 3),
    };
  });
}
