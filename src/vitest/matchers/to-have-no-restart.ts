import { findRestart, hasSeveralChoices } from "../../compare/streams/restart.ts";
import { assertDecoded, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote } from "./support/words.ts";

/** Checks that the text does not start over in the middle of the stream. */
export function toHaveNoRestart(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no restart of the text", isNot: "a restart of the text" };
  return assertDecoded(this, "toHaveNoRestart", received, options, claim, (trace) => {
    if (hasSeveralChoices(trace)) return unknown("the stream mixes the texts of several choices");
    const restart = findRestart(trace, "text") ?? findRestart(trace, "reasoning");
    if (restart === undefined) return { holds: true, found: "there is none" };
    const { kind, event, sign, repeated } = restart;
    const found = `the ${kind} starts over at event ${event}${sign}: ${quote(repeated)} is repeated`;
    return { holds: false, found, focus: [event] };
  });
}
