import { checkNumber } from "./support/arguments.ts";
import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { untimed } from "./support/decodable.ts";
import { ms } from "./support/show.ts";
import { showChunks } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Between any two reads, whatever they bear, lie at most so many milliseconds. */
export function toHaveNoStallOver(
  this: MatcherContext,
  received: unknown,
  limit: number,
  options?: StreamMatcherOptions,
): MatcherResult {
  checkNumber("toHaveNoStallOver", "the limit in milliseconds", limit);
  const claim = { is: `no stall over ${ms(limit)}`, isNot: `a stall over ${ms(limit)}` };
  return judgeStreams(this, "toHaveNoStallOver", received, options, claim, (trace) => {
    const why = untimed(trace);
    if (why !== undefined) return { ...unknown(why), show: () => showChunks(trace) };
    const { longestGap } = trace.timing;
    if (longestGap === undefined) {
      return { holds: true, found: "there is only one read", show: () => showChunks(trace) };
    }
    const { chunks } = trace;
    const gap = (index: number): number => (chunks[index]?.at ?? 0) - (chunks[index - 1]?.at ?? 0);
    let after = 1;
    for (let index = 2; index < chunks.length; index++) if (gap(index) > gap(after)) after = index;
    return {
      holds: longestGap <= limit,
      found: `the longest is ${ms(longestGap)}, before chunk ${after}`,
      show: () => showChunks(trace, [after]),
    };
  });
}
