import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkText } from "./arguments.ts";
import { type Finding, judgeStreams } from "./assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
import { isText, type TextExpectation } from "./equality.ts";
import { commonPrefix, pieceAt, piecesOf } from "./pieces.ts";
import { quote, quoteAround, value } from "./show.ts";
import { showEvents } from "./show-events.ts";
import type { StreamMatcherOptions } from "./subject.ts";
import { unread } from "./unread.ts";

/** Judges a text that came in pieces. */
export function judgeText(
  context: MatcherContext,
  matcher: string,
  kind: "text" | "reasoning",
  received: unknown,
  expected: TextExpectation,
  options: StreamMatcherOptions | undefined,
): MatcherResult {
  const words = expectedText(matcher, kind, expected);
  const claim = { is: `the ${kind} to ${words}`, isNot: `the ${kind} not to ${words}` };
  return judgeStreams(context, matcher, received, options, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    const text = trace[kind];
    const holds = isText(context, text, expected);
    return typeof expected === "string"
      ? exact(trace, kind, text, expected, holds)
      : { holds, found: tell(text, 0), show: () => showEvents(trace, [], 2) };
  });
}

function expectedText(matcher: string, kind: string, expected: TextExpectation): string {
  checkText(matcher, `the ${kind}`, expected);
  return typeof expected === "string" ? `be ${quote(expected)}` : `match ${value(expected)}`;
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
