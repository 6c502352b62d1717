import { list } from "../../../cassette/list.ts";
import type { SequenceElement } from "../quantifiers.ts";
import { assertCassette } from "./assert-streams.ts";
import { checkSequence } from "./check-sequence.ts";
import { label, matchSequence } from "./event-sequence.ts";
import type { MatcherContext, MatcherResult } from "./matcher-context.ts";
import { callsOf, happenedIn, inOrder, sequenceEvents } from "./run-events.ts";
import { cut } from "./words.ts";

/** Checks the calls or steps of a run with a sequence. */
export function assertOrder(
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
