import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { firstToken } from "./support/first-token.ts";
import { judgeMoment } from "./support/judge-moment.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The first text, reasoning or tool-call argument came within so many milliseconds of the request. */
export function toHaveFirstTokenWithin(
  this: MatcherContext,
  received: unknown,
  limit: number,
  options?: StreamMatcherOptions,
): MatcherResult {
  return judgeMoment(this, "toHaveFirstTokenWithin", "the first token", received, limit, options, (trace) =>
    firstToken(trace, limit),
  );
}
