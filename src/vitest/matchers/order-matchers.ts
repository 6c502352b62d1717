import { list } from "../../cassette/list.ts";
import type { SequenceElement } from "./quantifiers.ts";
import { assertCassette } from "./support/assert-streams.ts";
import { checkOptions } from "./support/check-arguments.ts";
import { checkSequence } from "./support/check-sequence.ts";
import { label, matchSequence } from "./support/event-sequence.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { callsOf, happenedIn, inOrder, sequenceEvents } from "./support/run-events.ts";
import { cut } from "./support/words.ts";

export interface StepsOptions {
  /**
   * Whether other steps may come before, between and after those of the sequence.
   * @defaultValue `false`
   */
  readonly partial?: boolean | undefined;
}

/** Checks the steps of the run, in the order in which they began. */
export function toHaveSteps(
  this: MatcherContext,
  received: unknown,
  sequence: readonly SequenceElement[],
  options: StepsOptions = {},
): MatcherResult {
  checkOptions("toHaveSteps", options, ["partial"]);
  return assertOrder(this, "toHaveSteps", received, "step", sequence, options.partial === true);
}

/** Checks that tools and functions were called in this order; other calls may come between. */
export function toHaveCallOrder(
  this: MatcherContext,
  received: unknown,
  sequence: readonly SequenceElement[],
): MatcherResult {
  return assertOrder(this, "toHaveCallOrder", received, "call", sequence, true);
}

/** Checks the calls or steps of a run with a sequence. */
function assertOrder(
  context: MatcherContext,
  matcher: string,
  received: unknown,
  kind: "call" | "step",
  sequence: readonly SequenceElement[],
  partial: boolean,
): MatcherResult {
  checkSequence(matcher, sequence);
  const words = cut(sequence.map(label).join(", "), 400) || "none";
  const claim = { is: `the ${kind}s ${words}`, isNot: `other ${kind}s than ${words}` };
  return assertCassette(context, received, claim, (cassette) => {
    const happened = kind === "call" ? callsOf(cassette) : happenedIn(cassette, kind);
    const match = matchSequence(context, sequence, sequenceEvents(happened), partial);
    if (match.matched) return { holds: true, found: `these were made: ${inOrder(happened)}` };
    const wanted = match.wanted.map((each) => (each === "the end of the stream" ? "the end" : each));
    const after = match.at === 0 ? "" : ` after ${kind} ${match.at}`;
    return {
      holds: false,
      found: `there is no ${list(wanted, "or")}${after}; these were made: ${inOrder(happened)}`,
    };
  });
}
