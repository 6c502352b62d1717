import type { MatcherContext, MatcherResult } from "./support/context.ts";
import type { TextExpectation } from "./support/equality.ts";
import { judgeText } from "./support/judge-text.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The visible text, all pieces joined, is this. */
export function toHaveStreamedText(
  this: MatcherContext,
  received: unknown,
  expected: TextExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  return judgeText(this, "toHaveStreamedText", "text", received, expected, options);
}
