import { pieceAt, piecesOf } from "../../compare/streams/pieces.ts";
import { commonHead } from "../../matching/common-ends.ts";
import { assertDecoded } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, value } from "./support/words.ts";

/** Checks the visible text of the stream, all deltas joined. */
export const toHaveStreamedText = textMatcher("toHaveStreamedText", "text");

/** Checks the reasoning of the stream, all deltas joined. */
export const toHaveStreamedReasoning = textMatcher("toHaveStreamedReasoning", "reasoning");

function textMatcher(matcher: string, kind: "text" | "reasoning") {
  return function (
    this: MatcherContext,
    received: unknown,
    expected: TextExpectation,
    options?: StreamMatcherOptions,
  ): MatcherResult {
    checkText(matcher, `the ${kind}`, expected);
    const words = typeof expected === "string" ? `be ${quote(expected)}` : `match ${value(expected)}`;
    const claim = { is: `the ${kind} to ${words}`, isNot: `the ${kind} not to ${words}` };
    return assertDecoded(this, matcher, received, options, claim, (trace) => {
      const actual = trace[kind];
      const finding = {
        holds: isText(this, actual, expected),
        found: actual === "" ? "there is none" : `it is ${quote(actual, 120)}`,
      };
      if (typeof expected !== "string" || finding.holds) return finding;
      const piece = pieceAt(piecesOf(trace, kind), commonHead(actual, expected));
      const isPart = expected !== "" && actual.includes(expected);
      const hint = isPart ? "; to check that it contains the text, use expect.stringContaining()" : "";
      const focus = piece && [piece.event.index];
      return { ...finding, found: `${finding.found}${hint}`, focus, actual, expected };
    });
  };
}
