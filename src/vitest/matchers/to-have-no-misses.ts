import { count } from "../../cassette/count.ts";
import { summarizeMiss } from "../../diagnosis/explain-miss.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";

/** Checks that everything that the test asked for had a recording. */
export function toHaveNoMisses(this: MatcherContext, received: unknown): MatcherResult {
  const claim = { is: "no misses", isNot: "a miss" };
  return assertCassette(this, received, claim, ({ misses, stats }) => {
    const { asked, requests } = stats;
    const all = asked === requests ? count(requests, "request") : `${asked} requests and other entries`;
    if (misses.length === 0) return { holds: true, found: `there is none among ${all}` };
    return {
      holds: false,
      found: `${misses.length} of ${all} had no recording`,
      show: () =>
        misses
          .map((miss) => `    ${miss.kind === "request" ? summarizeMiss(miss) : miss.summary}`)
          .join("\n"),
    };
  });
}
