import type { StreamTrace } from "../../streams/stream-trace.ts";
import { checkText } from "./support/arguments.ts";
import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { isText, type TextExpectation } from "./support/equality.ts";
import { quote, value } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { unread } from "./support/unread.ts";

/** The provider gave this finish reason, in its own word; without an argument, any. */
export function toHaveFinishReason(
  this: MatcherContext,
  received: unknown,
  expected?: TextExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  if (expected !== undefined) checkText("toHaveFinishReason", "the finish reason", expected);
  const words = expected === undefined ? "" : ` ${value(expected)}`;
  const claim = {
    is: expected === undefined ? "a finish reason" : `the finish reason${words}`,
    isNot: expected === undefined ? "no finish reason" : `a finish reason other than${words}`,
  };
  return judgeStreams(this, "toHaveFinishReason", received, options, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    const { finishReason } = trace;
    const show = (): string => showEvents(trace, finishing(trace));
    if (finishReason === undefined) {
      return { holds: false, found: `there is none: the stream ended ${trace.end}`, show };
    }
    return {
      holds: expected === undefined || isText(this, finishReason, expected),
      found: `it is ${quote(finishReason)}`,
      show,
    };
  });
}

function finishing({ events }: StreamTrace): readonly number[] {
  const event = events.findLast(({ decoded }) => decoded.some(({ kind }) => kind === "finish"));
  return [event?.index ?? events.length - 1];
}
