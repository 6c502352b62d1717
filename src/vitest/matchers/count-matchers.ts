import { count } from "../../cassette/count.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import { type Called, type StreamCheck, streamMatcher } from "./support/matcher.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { thereAre } from "./support/words.ts";

/** Checks how many chunks the stream arrived in. */
export const toHaveChunkCount = streamMatcher("toHaveChunkCount", checkCount("chunk"));

/** Checks how many events the stream has, including bookkeeping and the end marker. */
export const toHaveEventCount = streamMatcher("toHaveEventCount", checkCount("event"));

function checkCount(noun: "chunk" | "event") {
  return ({ matcher }: Called, expected: CountRange, options?: StreamMatcherOptions): StreamCheck => {
    const range = countRange(matcher, expected);
    const words = expected === 1 ? count(1, noun) : `${range.words} ${noun}s`;
    const check: StreamCheck["check"] = (trace) => {
      const amount = trace[`${noun}s`].length;
      return { holds: isWithin(amount, range), found: thereAre(amount, noun) };
    };
    return { options, is: words, isNot: `not ${words}`, check };
  };
}
