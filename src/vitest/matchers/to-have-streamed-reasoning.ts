import type { MatcherContext, MatcherResult } from "./support/context.ts";
import type { TextExpectation } from "./support/equality.ts";
import { judgeText } from "./support/judge-text.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The model's thinking, all pieces joined, is this. */
export function toHaveStreamedReasoning(
  this: MatcherContext,
  received: unknown,
  expected: TextExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  return judgeText(this, "toHaveStreamedReasoning", "reasoning", received, expected, options);
}
