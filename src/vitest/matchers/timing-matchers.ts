import { list } from "../../cassette/list.ts";
import { undecoded, untimed } from "../../compare/streams/known.ts";
import { percentile } from "../../streams/percentile.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import {
  checkLimits,
  checkNumber,
  checkNumbers,
  isWithin,
  numberRange,
  type RangeLimits,
} from "./support/check-arguments.ts";
import { type Called, type Finding, type StreamCheck, streamMatcher, unknown } from "./support/matcher.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { ms, round } from "./support/words.ts";

/** Limits in milliseconds for the gaps between events with content. Percentiles interpolate linearly. */
export interface GapLimits {
  readonly p50?: number | undefined;
  readonly p90?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly max?: number | undefined;
}

/** Limits for the timing of a stream, in milliseconds except for the rate. */
export interface TokenTimingLimits {
  readonly firstToken?: number | undefined;
  readonly gaps?: GapLimits | undefined;
  readonly duration?: number | undefined;
  readonly tokensPerSecond?: RangeLimits | undefined;
}

/** A limit that a stream is checked against. */
interface Limit {
  /** `within 800 ms`. */
  readonly words: string;
  readonly check: (trace: StreamTrace) => Finding;
}

/**
 * Reads a limit from an argument.
 *
 * @param name names the argument in messages
 * @throws MatcherArgumentError for an unknown name, for no limit at all, or for a wrong value
 */
type LimitReader = (matcher: string, given: unknown, name?: string) => Limit;

const LIMITS: Readonly<Record<keyof TokenTimingLimits, LimitReader>> = {
  firstToken: timeLimit(firstToken),
  gaps: gapLimit,
  duration: timeLimit(lastByte),
  tokensPerSecond: rateLimit,
};

/** Checks when the first text, reasoning or tool-call argument arrived, in milliseconds since the request. */
export const toHaveFirstTokenWithin = streamMatcher(
  "toHaveFirstTokenWithin",
  checkLimit<number>("the first token", LIMITS.firstToken),
);

/** Checks when the first chunk of the body arrived, in milliseconds since the request. */
export const toHaveFirstChunkWithin = streamMatcher(
  "toHaveFirstChunkWithin",
  checkLimit<number>("the first chunk", timeLimit(firstChunk)),
);

/** Checks that the stream completed, and when its last byte arrived, in milliseconds since the request. */
export const toHaveCompletedWithin = streamMatcher(
  "toHaveCompletedWithin",
  checkLimit<number>("the end of the stream", LIMITS.duration),
);

/** Checks the longest wait between any two chunks, in milliseconds. */
export const toHaveNoStallOver = streamMatcher(
  "toHaveNoStallOver",
  checkLimit<number>("the longest wait for a chunk", timeLimit(longestWait)),
);

/** Checks the gaps between events with content, in milliseconds. */
export const toHaveGapsWithin = streamMatcher("toHaveGapsWithin", checkLimit<GapLimits>("gaps", LIMITS.gaps));

/** Checks the rate of output tokens: (tokens - 1) / (last content - first token), counted by the provider. */
export const toHaveTokensPerSecond = streamMatcher(
  "toHaveTokensPerSecond",
  checkLimit<RangeLimits>("a rate", LIMITS.tokensPerSecond),
);

/** Checks several limits at once and reports all that are not met. */
export const toHaveTokenTiming = streamMatcher(
  "toHaveTokenTiming",
  checkLimit<TokenTimingLimits>("token timing", (matcher, given) => {
    const names = Object.keys(LIMITS) as (keyof TokenTimingLimits)[];
    const limits = checkLimits(matcher, given, names).map(
      ([name, limit]) => [name, LIMITS[name](matcher, limit, `\`${name}\``)] as const,
    );
    return {
      words: `of ${limits.map(([name, { words }]) => `${name} ${words}`).join("; ")}`,
      check: (trace) => together(limits.map(([name, { check }]) => [name, check(trace)])),
    };
  }),
);

function checkLimit<Given>(what: string, read: LimitReader) {
  return ({ matcher }: Called, given: Given, options?: StreamMatcherOptions): StreamCheck => {
    const { words, check } = read(matcher, given);
    return { options, is: `${what} ${words}`, isNot: `${what} not ${words}`, check };
  };
}

function timeLimit(check: (trace: StreamTrace, limit: number) => Finding): LimitReader {
  return (matcher, limit, name = "the limit in milliseconds") => {
    checkNumber(matcher, name, limit);
    return {
      words: `within ${ms(limit)}`,
      check(trace) {
        const why = untimed(trace);
        return why === undefined ? check(trace, limit) : unknown(why);
      },
    };
  };
}

function firstToken(trace: StreamTrace, limit: number): Finding {
  const why = undecoded(trace);
  if (why !== undefined) return unknown(why);
  const at = trace.timing.firstToken;
  const index = trace.events.findIndex(({ hasContent }) => hasContent);
  if (at === undefined) return unknown("the stream has no content");
  return { holds: at <= limit, found: `it arrived after ${ms(at)}, in event ${index}`, focus: [index] };
}

function firstChunk({ timing: { firstChunk: at = 0 } }: StreamTrace, limit: number): Finding {
  return { holds: at <= limit, found: `it arrived after ${ms(at)}`, focus: [0] };
}

function lastByte({ timing: { duration = 0 }, end, events }: StreamTrace, limit: number): Finding {
  const found =
    end === "complete"
      ? `its last byte arrived after ${ms(duration)}`
      : `it did not complete: ${end} after ${ms(duration)}`;
  return { holds: end === "complete" && duration <= limit, found, focus: [events.length - 1] };
}

function longestWait({ timing, chunks, events }: StreamTrace, limit: number): Finding {
  const { longestGap } = timing;
  if (longestGap === undefined) return { holds: true, found: "there is only one chunk" };
  const waits = chunks.map(({ at = 0 }, index) => (index === 0 ? -1 : at - (chunks[index - 1]?.at ?? 0)));
  const after = waits.reduce((most, wait, index) => (wait > (waits[most] ?? 0) ? index : most), 0);
  return {
    holds: longestGap <= limit,
    found: `it is ${ms(longestGap)}, before chunk ${after}`,
    focus: [events.findIndex(({ at }) => at === chunks[after]?.at)],
  };
}

const RANKS = { p50: 50, p90: 90, p95: 95, p99: 99, max: 100 };

function gapLimit(matcher: string, given: unknown): Limit {
  const limits = checkNumbers(matcher, given, Object.keys(RANKS) as (keyof GapLimits)[]);
  const words = limits.map(([name, limit]) => `${name} ${ms(limit)}`).join(", ");
  return { words: `within ${words}`, check: (trace) => checkGaps(trace, limits) };
}

function checkGaps(
  trace: StreamTrace,
  limits: readonly (readonly [name: keyof GapLimits, limit: number])[],
): Finding {
  const why = untimed(trace) ?? undecoded(trace);
  if (why !== undefined) return unknown(why);
  const gaps = trace.timing.gaps ?? [];
  if (gaps.length === 0) return unknown("the stream has fewer than two events with content");
  const measured = limits.map(([name, limit]) => {
    const is = percentile(gaps, RANKS[name]) ?? 0;
    return { holds: is <= limit, words: `${name} is ${ms(is)}` };
  });
  const holds = measured.every((each) => each.holds);
  const told = measured.filter((each) => each.holds === holds).map(({ words }) => words);
  const longest = gaps.reduce((most, gap, index) => (gap > (gaps[most] ?? 0) ? index : most), 0);
  const after = trace.events.filter(({ hasContent }) => hasContent)[longest + 1]?.index ?? 0;
  return {
    holds,
    found: `${list(told)}; the longest is ${ms(gaps[longest] ?? 0)}, before event ${after}`,
    focus: [after],
  };
}

function rateLimit(matcher: string, given: unknown): Limit {
  const range = numberRange(matcher, given);
  return {
    words: `of ${range.words} tokens per second`,
    check({ timing, usage, events }) {
      const { tokensPerSecond, noTokenRate } = timing;
      if (tokensPerSecond === undefined) return unknown(noTokenRate ?? "the rate is unknown");
      const content = events.filter(({ hasContent }) => hasContent).map(({ index }) => index);
      const [first = 0] = content;
      const last = content.at(-1) ?? first;
      return {
        holds: isWithin(tokensPerSecond, range),
        found: `it is ${round(tokensPerSecond)} (${usage?.outputTokens} output tokens, events ${first} to ${last})`,
        focus: [first, last],
      };
    },
  };
}

/** Joins findings: one limit that is not met decides, even if the data for others is missing. */
function together(findings: readonly (readonly [name: string, Finding])[]): Finding {
  const failed = findings.filter(([, { holds }]) => holds === false);
  const unknowns = findings.filter(([, { holds }]) => holds === undefined);
  const wrong = [...failed, ...unknowns];
  const told = wrong.length > 0 ? wrong : findings;
  const found = told.map(([name, finding]) => `${name}: ${finding.found}`).join("; ");
  return { holds: told[0]?.[1].holds, found, focus: told[0]?.[1].focus };
}
