import { count } from "../../cassette/count.ts";
import { summarizeMiss } from "../../diagnosis/explain-miss.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";

/** Checks that every request of the test had a recording. */
export function toHaveNoMisses(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "no misses", isNot: "a miss" };
  return assertCassette(this, received, claim, ({ misses, stats }) => {
    const requests = count(stats.requests, "request");
    if (misses.length === 0) return { holds: true, found: `there is none among ${requests}` };
    return {
      holds: false,
      found: `${misses.length} of ${requests} had no recording`,
      show: () => misses.map((miss) => `    ${summarizeMiss(miss)}`).join("\n"),
    };
  });
}
