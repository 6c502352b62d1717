import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { MatcherArgumentError } from "./arguments.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
import { isAsymmetric, isText, type TextExpectation } from "./equality.ts";
import { type Finding, judgeStreams, unknown } from "./judge.ts";
import { commonPrefix, pieceAt, piecesOf } from "./pieces.ts";
import { unreadable } from "./readable.ts";
import { quote, quoteAround, value } from "./show.ts";
import { showEvents } from "./show-events.ts";
import type { StreamMatcherOptions } from "./subject.ts";

/** Judges a text that came in pieces. */
export function judgeText(
  context: MatcherContext,
  matcher: string,
  kind: "text" | "reasoning",
  received: unknown,
  expected: TextExpectation,
  options: StreamMatcherOptions | undefined,
): MatcherResult {
  const words = expectedText(matcher, expected);
  const claim = { is: `the ${kind} to ${words}`, isNot: `the ${kind} not to ${words}` };
  return judgeStreams(context, matcher, received, options, claim, (trace) => {
    const why = unreadable(trace);
    if (why !== undefined) return unknown(why);
    const text = trace[kind];
    const holds = isText(context, text, expected);
    return typeof expected === "string"
      ? exact(trace, kind, text, expected, holds)
      : { holds, found: tell(text, 0), show: () => showEvents(trace, [], 2) };
  });
}

function expectedText(matcher: string, expected: TextExpectation): string {
  if (typeof expected === "string") return `be ${quote(expected)}`;
  if (expected instanceof RegExp || isAsymmetric(expected)) return `match ${value(expected)}`;
  throw new MatcherArgumentError(
    matcher,
    `it takes a text, a regular expression or a matcher, not ${value(expected)}.`,
  );
}

function exact(
  trace: StreamTrace,
  kind: "text" | "reasoning",
  actual: string,
  expected: string,
  holds: boolean,
): Finding {
  if (holds) return { holds, found: "it is", show: () => showEvents(trace) };
  const pieces = piecesOf(trace, kind);
  const at = commonPrefix(actual, expected);
  const piece = pieceAt(pieces, at);
  const contained =
    expected !== "" && actual.includes(expected)
      ? "; it contains it, for which there is expect.stringContaining()"
      : "";
  return {
    holds,
    found: `${tell(actual, at)}${contained}`,
    show: () => showEvents(trace, piece === undefined ? [] : [piece.event.index]),
    actual,
    expected,
  };
}

function tell(text: string, at: number): string {
  return text === "" ? "there is none" : `it is ${quoteAround(text, at)}`;
}
