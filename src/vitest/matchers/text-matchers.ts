import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertDecoded, type Finding } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { commonPrefix, pieceAt, piecesOf } from "./support/pieces.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, quoteAround, value } from "./support/words.ts";

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
      const text = trace[kind];
      const holds = isText(this, text, expected);
      return typeof expected === "string"
        ? compare(trace, kind, expected, holds)
        : { holds, found: quoted(text, 0), show: () => showEvents(trace) };
    });
  };
}

function compare(trace: StreamTrace, kind: "text" | "reasoning", expected: string, holds: boolean): Finding {
  if (holds) return { holds, found: "it is", show: () => showEvents(trace) };
  const actual = trace[kind];
  const at = commonPrefix(actual, expected);
  const piece = pieceAt(piecesOf(trace, kind), at);
  const hint =
    expected !== "" && actual.includes(expected)
      ? "; to check that it contains the text, use expect.stringContaining()"
      : "";
  return {
    holds,
    found: `${quoted(actual, at)}${hint}`,
    show: () => showEvents(trace, piece === undefined ? [] : [piece.event.index]),
    actual,
    expected,
  };
}

function quoted(text: string, at: number): string {
  return text === "" ? "there is none" : `it is ${quoteAround(text, at)}`;
}
