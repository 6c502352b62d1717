import { pieceAt, piecesOf } from "../../compare/streams/pieces.ts";
import { commonHead } from "../../matching/common-ends.ts";
import { checkText } from "./support/check-arguments.ts";
import { type Called, ifDecoded, type StreamCheck, streamMatcher } from "./support/matcher.ts";
import { isText, type TextExpectation } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, value } from "./support/words.ts";

/** Checks the visible text of the stream, all deltas joined. */
export const toHaveStreamedText = streamMatcher("toHaveStreamedText", checkWhole("text"));

/** Checks the reasoning of the stream, all deltas joined. */
export const toHaveStreamedReasoning = streamMatcher("toHaveStreamedReasoning", checkWhole("reasoning"));

function checkWhole(kind: "text" | "reasoning") {
  return (
    { matcher, context }: Called,
    expected: TextExpectation,
    options?: StreamMatcherOptions,
  ): StreamCheck => {
    checkText(matcher, `the ${kind}`, expected);
    const words = typeof expected === "string" ? `be ${quote(expected)}` : `match ${value(expected)}`;
    const check = ifDecoded((trace) => {
      const actual = trace[kind];
      const finding = {
        holds: isText(context, actual, expected),
        found: actual === "" ? "there is none" : `it is ${quote(actual, 120)}`,
      };
      if (typeof expected !== "string" || finding.holds) return finding;
      const piece = pieceAt(piecesOf(trace, kind), commonHead(actual, expected));
      const isPart = expected !== "" && actual.includes(expected);
      const hint = isPart ? "; to check that it contains the text, use expect.stringContaining()" : "";
      const focus = piece && [piece.event.index];
      return { ...finding, found: `${finding.found}${hint}`, focus, actual, expected };
    });
    return { options, is: `the ${kind} to ${words}`, isNot: `the ${kind} not to ${words}`, check };
  };
}
