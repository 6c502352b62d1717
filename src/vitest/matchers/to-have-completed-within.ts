import { completion } from "./support/completion.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { judgeMoment } from "./support/judge-moment.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** The last byte came within so many milliseconds of the request, and the stream was not cut. */
export function toHaveCompletedWithin(
  this: MatcherContext,
  received: unknown,
  limit: number,
  options?: StreamMatcherOptions,
): MatcherResult {
  return judgeMoment(
    this,
    "toHaveCompletedWithin",
    "the end of the stream",
    received,
    limit,
    options,
    (trace) => completion(trace, limit),
  );
}
