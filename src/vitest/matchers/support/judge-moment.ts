import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkNumber } from "./arguments.ts";
import { type Finding, judgeStreams } from "./assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./context.ts";
import { ms } from "./show.ts";
import type { StreamMatcherOptions } from "./subject.ts";

/** Judges when something happened, which is to be within `limit` milliseconds. */
export function judgeMoment(
  context: MatcherContext,
  matcher: string,
  what: string,
  received: unknown,
  limit: number,
  options: StreamMatcherOptions | undefined,
  judge: (trace: StreamTrace) => Finding,
): MatcherResult {
  checkNumber(matcher, "the limit in milliseconds", limit);
  const claim = { is: `${what} within ${ms(limit)}`, isNot: `${what} later than ${ms(limit)}` };
  return judgeStreams(context, matcher, received, options, claim, judge);
}
