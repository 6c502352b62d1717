import { assertDecoded } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { eventsWith } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, value } from "./support/words.ts";

/** Checks the provider's own finish reason; without an argument, that there is one. */
export function toHaveFinishReason(
  this: MatcherContext,
  received: unknown,
  expected?: TextExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  if (expected !== undefined) checkText("toHaveFinishReason", "the finish reason", expected);
  const claim =
    expected === undefined
      ? { is: "a finish reason", isNot: "no finish reason" }
      : {
          is: `the finish reason ${value(expected)}`,
          isNot: `a finish reason other than ${value(expected)}`,
        };
  return assertDecoded(this, "toHaveFinishReason", received, options, claim, (trace) => {
    const { finishReason, events, end } = trace;
    const focus = [eventsWith(trace, "finish").at(-1) ?? events.length - 1];
    if (finishReason === undefined)
      return { holds: false, found: `there is none: the stream ended ${end}`, focus };
    const holds = expected === undefined || isText(this, finishReason, expected);
    return { holds, found: `it is ${quote(finishReason)}`, focus };
  });
}
