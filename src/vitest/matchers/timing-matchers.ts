import { percentile } from "../../streams/percentile.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams, type Finding, undecoded, unknown, untimed } from "./support/assert-streams.ts";
import {
  checkLimits,
  checkNames,
  checkNumber,
  isFields,
  isWithin,
  numberRange,
  type RangeLimits,
  reject,
} from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { showChunks, showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { list, ms, round } from "./support/words.ts";

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

/** Checks when the first text, reasoning or tool-call argument arrived, in milliseconds since the request. */
export const toHaveFirstTokenWithin = momentMatcher("toHaveFirstTokenWithin", "the first token", firstToken);

/** Checks when the first chunk of the body arrived, in milliseconds since the request. */
export const toHaveFirstChunkWithin = momentMatcher("toHaveFirstChunkWithin", "the first chunk", firstChunk);

/** Checks that the stream completed, and when its last byte arrived, in milliseconds since the request. */
export const toHaveCompletedWithin = momentMatcher(
  "toHaveCompletedWithin",
  "the end of the stream",
  lastByte,
);

/** Checks the longest wait between any two chunks, in milliseconds. */
export const toHaveNoStallOver = limitMatcher("toHaveNoStallOver", (matcher, given: number) => {
  const limit = momentLimit(matcher, "the limit in milliseconds", given, longestWait);
  return { ...limit, is: `no stall over ${ms(given)}`, isNot: `a stall over ${ms(given)}` };
});

/** Checks the gaps between events with content, in milliseconds. */
export const toHaveGapsWithin = limitMatcher("toHaveGapsWithin", (matcher, given: GapLimits) => {
  const limit = gapLimit(matcher, given);
  return { ...limit, is: `gaps ${limit.words}`, isNot: `gaps not ${limit.words}` };
});

/** Checks the rate of output tokens: (tokens - 1) / (last content - first token), counted by the provider. */
export const toHaveTokensPerSecond = limitMatcher("toHaveTokensPerSecond", (matcher, given: RangeLimits) => {
  const limit = rateLimit(matcher, given);
  const words = `${limit.words} tokens per second`;
  return { ...limit, is: words, isNot: `a rate other than ${words}` };
});

/** Checks several limits at once and reports all that are not met. */
export const toHaveTokenTiming = limitMatcher("toHaveTokenTiming", (matcher, given: TokenTimingLimits) => {
  const limits = timingLimits(matcher, given);
  const words = limits.map(([name, limit]) => `${name} ${limit.words}`).join("; ");
  return {
    is: `token timing of ${words}`,
    isNot: `token timing other than ${words}`,
    check: (trace) => together(limits.map(([name, limit]) => [name, limit.check(trace)])),
  };
});

function limitMatcher<Given>(
  matcher: string,
  limitOf: (
    matcher: string,
    given: Given,
  ) => Pick<Limit, "check"> & { readonly is: string; readonly isNot: string },
) {
  return function (
    this: MatcherContext,
    received: unknown,
    given: Given,
    options?: StreamMatcherOptions,
  ): MatcherResult {
    const { check, ...claim } = limitOf(matcher, given);
    return assertStreams(this, matcher, received, options, claim, check);
  };
}

function momentMatcher(matcher: string, what: string, check: (trace: StreamTrace, limit: number) => Finding) {
  return limitMatcher(matcher, (_, given: number) => {
    const limit = momentLimit(matcher, "the limit in milliseconds", given, check);
    return { ...limit, is: `${what} ${limit.words}`, isNot: `${what} later than ${ms(given)}` };
  });
}

function momentLimit(
  matcher: string,
  name: string,
  limit: unknown,
  check: (trace: StreamTrace, limit: number) => Finding,
): Limit {
  checkNumber(matcher, name, limit);
  return { words: `within ${ms(limit)}`, check: (trace) => check(trace, limit) };
}

function firstToken(trace: StreamTrace, limit: number): Finding {
  const why = untimed(trace) ?? undecoded(trace);
  if (why !== undefined) return unknown(why, trace);
  const at = trace.timing.firstToken;
  const event = trace.events.find(({ hasContent }) => hasContent);
  if (at === undefined || event === undefined) return unknown("the stream has no content", trace);
  return {
    holds: at <= limit,
    found: `it arrived after ${ms(at)}, in event ${event.index}`,
    show: () => showEvents(trace, [event.index]),
  };
}

function firstChunk(trace: StreamTrace, limit: number): Finding {
  const at = trace.timing.firstChunk;
  const show = (): string => showChunks(trace, [0]);
  return at === undefined
    ? { ...noTime(trace), show }
    : { holds: at <= limit, found: `it arrived after ${ms(at)}`, show };
}

function lastByte(trace: StreamTrace, limit: number): Finding {
  const at = trace.timing.duration;
  const show = (): string => showChunks(trace, [trace.chunks.length - 1]);
  if (at === undefined) return { ...noTime(trace), show };
  if (trace.end !== "complete") {
    return { holds: false, found: `it did not complete: ${trace.end} after ${ms(at)}`, show };
  }
  return { holds: at <= limit, found: `its last byte arrived after ${ms(at)}`, show };
}

function longestWait(trace: StreamTrace, limit: number): Finding {
  const { longestGap } = trace.timing;
  const { chunks } = trace;
  if (untimed(trace) !== undefined) return { ...noTime(trace), show: () => showChunks(trace) };
  if (longestGap === undefined) {
    return { holds: true, found: "there is only one chunk", show: () => showChunks(trace) };
  }
  const gap = (index: number): number => (chunks[index]?.at ?? 0) - (chunks[index - 1]?.at ?? 0);
  let after = 1;
  for (let index = 2; index < chunks.length; index++) if (gap(index) > gap(after)) after = index;
  return {
    holds: longestGap <= limit,
    found: `the longest is ${ms(longestGap)}, before chunk ${after}`,
    show: () => showChunks(trace, [after]),
  };
}

function noTime(trace: StreamTrace): Finding {
  return unknown(untimed(trace) ?? "its time is unknown");
}

const RANKS: Readonly<Record<string, number>> = { p50: 50, p90: 90, p95: 95, p99: 99, max: 100 };

/** @throws MatcherArgumentError for anything but limits of gaps */
function gapLimit(matcher: string, given: GapLimits): Limit {
  const limits = checkLimits(matcher, given, Object.keys(RANKS));
  const words = limits.map(([name, limit]) => `${name} ${ms(limit)}`).join(", ");
  return { words: `within ${words}`, check: (trace) => checkGaps(trace, limits) };
}

function checkGaps(trace: StreamTrace, limits: readonly (readonly [name: string, limit: number])[]): Finding {
  const why = untimed(trace) ?? undecoded(trace);
  if (why !== undefined) return unknown(why, trace);
  const content = trace.events.filter(({ hasContent }) => hasContent);
  const gaps = trace.timing.gaps ?? [];
  if (gaps.length === 0) {
    const amount = content.length === 0 ? "no event" : "only one event";
    return unknown(`a gap needs two events with content, and the stream has ${amount}`, trace);
  }
  const measured = limits.map(([name, limit]) => ({
    limit,
    is: percentile(gaps, RANKS[name] ?? 100) ?? 0,
    name,
  }));
  const over = measured.filter(({ is, limit }) => is > limit);
  const found =
    over.length === 0
      ? measured.map(({ name, is }) => `${name} is ${ms(is)}`)
      : over.map(({ name, is, limit }) => `${name} is ${ms(is)} (limit ${ms(limit)})`);
  const longest = gaps.reduce((most, gap, index) => (gap > (gaps[most] ?? 0) ? index : most), 0);
  const [before, after] = [content[longest]?.index ?? 0, content[longest + 1]?.index ?? 0];
  return {
    holds: over.length === 0,
    found: `${list(found)}; the longest, ${ms(gaps[longest] ?? 0)}, is between events ${before} and ${after}`,
    show: () => showEvents(trace, [after]),
  };
}

/** @throws MatcherArgumentError for anything but a range */
function rateLimit(matcher: string, given: RangeLimits): Limit {
  const range = numberRange(matcher, given);
  return {
    words: range.words,
    check: (trace) => {
      const { tokensPerSecond, noTokenRate } = trace.timing;
      const content = trace.events.filter(({ hasContent }) => hasContent);
      const ends = [...new Set([content[0], content.at(-1)])].flatMap((event) => event?.index ?? []);
      const show = (): string => showEvents(trace, ends, 1);
      if (tokensPerSecond === undefined) return { ...unknown(noTokenRate ?? "the rate is unknown"), show };
      return {
        holds: isWithin(tokensPerSecond, range),
        found: `there are ${round(tokensPerSecond)} (${trace.usage?.outputTokens} output tokens, events ${ends.join(" to ")})`,
        show,
      };
    },
  };
}

/** @throws MatcherArgumentError for an unknown name, for no limit at all, or for a wrong value */
function timingLimits(
  matcher: string,
  given: TokenTimingLimits,
): readonly (readonly [name: string, Limit])[] {
  const names = ["firstToken", "gaps", "duration", "tokensPerSecond"];
  if (!isFields(given as unknown)) reject(matcher, `an object with ${list(names)}`, given);
  checkNames(matcher, given, names, "limit");
  const { firstToken: first, gaps, duration, tokensPerSecond } = given;
  const limits: (readonly [name: string, Limit])[] = [];
  if (first !== undefined)
    limits.push(["firstToken", momentLimit(matcher, "`firstToken`", first, firstToken)]);
  if (gaps !== undefined) limits.push(["gaps", gapLimit(matcher, gaps)]);
  if (duration !== undefined)
    limits.push(["duration", momentLimit(matcher, "`duration`", duration, lastByte)]);
  if (tokensPerSecond !== undefined) limits.push(["tokensPerSecond", rateLimit(matcher, tokensPerSecond)]);
  if (limits.length === 0) reject(matcher, `at least one of ${list(names)}`, given);
  return limits;
}

/** Joins findings: one limit that is not met decides, even if the data for others is missing. */
function together(findings: readonly (readonly [name: string, Finding])[]): Finding {
  const failed = findings.filter(([, { holds }]) => holds === false);
  const unknowns = findings.filter(([, { holds }]) => holds === undefined);
  const holds = failed.length > 0 ? false : unknowns.length > 0 ? undefined : true;
  const told = holds === undefined ? unknowns : holds ? findings : [...failed, ...unknowns];
  const lines = told.map(([name, finding]) =>
    finding.holds === undefined && holds === false
      ? `${name} cannot be checked: ${finding.found}`
      : `${name}: ${finding.found}`,
  );
  const [only] = lines;
  const tally =
    holds === undefined
      ? "not all of its timing is known:"
      : holds
        ? "all limits are met:"
        : `${failed.length} of ${findings.length} limits ${failed.length === 1 ? "is" : "are"} not met:`;
  return {
    holds,
    found:
      only !== undefined && lines.length === 1
        ? only
        : [tally, ...lines.map((line) => `  - ${line}`)].join("\n"),
    show: told[0]?.[1].show,
  };
}
