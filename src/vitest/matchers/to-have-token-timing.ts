import type { StreamTrace } from "../../streams/stream-trace.ts";
import { checkNames, checkNumber, isFields, MatcherArgumentError } from "./support/arguments.ts";
import { type Finding, judgeStreams } from "./support/assert-streams.ts";
import { completion } from "./support/completion.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { firstToken } from "./support/first-token.ts";
import { describeLimits, type GapLimits, gapLimits, judgeGaps } from "./support/gap-limits.ts";
import { numberRange, type RangeLimits } from "./support/number-range.ts";
import { list, ms, value } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { tokenRate } from "./support/token-rate.ts";

/** Limits for the times of a stream; milliseconds, but for the rate. */
export interface TokenTimingLimits {
  readonly firstToken?: number | undefined;
  readonly gaps?: GapLimits | undefined;
  readonly duration?: number | undefined;
  readonly tokensPerSecond?: RangeLimits | undefined;
}

interface Part {
  readonly name: string;
  readonly limit: string;
  readonly judge: (trace: StreamTrace) => Finding;
}

const NAMES = ["firstToken", "gaps", "duration", "tokensPerSecond"] as const;

/** The times of the stream are within all of these limits. What is not is told together. */
export function toHaveTokenTiming(
  this: MatcherContext,
  received: unknown,
  limits: TokenTimingLimits,
  options?: StreamMatcherOptions,
): MatcherResult {
  const parts = partsOf(limits);
  const words = parts.map(({ name, limit }) => `${name} ${limit}`).join("; ");
  const claim = { is: `token timing of ${words}`, isNot: `token timing other than ${words}` };
  return judgeStreams(this, "toHaveTokenTiming", received, options, claim, (trace) => {
    const judged = parts.map(({ name, judge }) => ({ name, finding: judge(trace) }));
    const unknowns = judged.filter(({ finding }) => finding.holds === undefined);
    const failed = judged.filter(({ finding }) => finding.holds === false);
    // One limit that is exceeded settles it, whatever cannot be told of the others.
    const holds = failed.length > 0 ? false : unknowns.length > 0 ? undefined : true;
    const worst = failed[0] ?? unknowns[0];
    const told = holds === undefined ? unknowns : holds ? judged : [...failed, ...unknowns];
    const lines = told.map(({ name, finding }) =>
      finding.holds === undefined && holds !== undefined
        ? `${name} cannot be told: ${finding.found}`
        : `${name}: ${finding.found}`,
    );
    return {
      holds,
      found:
        lines.length === 1
          ? (lines[0] ?? "")
          : `${tally(failed.length, parts.length, holds)}\n${bullets(lines)}`,
      show: worst?.finding.show ?? (() => showEvents(trace)),
    };
  });
}

function tally(failed: number, all: number, holds: boolean | undefined): string {
  if (holds === undefined) return "not all of its times are known:";
  return holds ? "all of its times are:" : `${failed} of ${all} ${failed === 1 ? "is" : "are"} not:`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `  - ${line}`).join("\n");
}

function partsOf(limits: TokenTimingLimits): readonly Part[] {
  const matcher = "toHaveTokenTiming";
  const given: unknown = limits;
  if (!isFields(given)) {
    throw new MatcherArgumentError(matcher, `it takes an object of ${list(NAMES)}, not ${value(limits)}.`);
  }
  checkNames(matcher, limits, NAMES, "limit");
  const parts: Part[] = [];
  const { firstToken: first, gaps, duration, tokensPerSecond } = limits;
  if (first !== undefined) {
    checkNumber(matcher, "`firstToken`", first);
    parts.push({
      name: "firstToken",
      limit: `within ${ms(first)}`,
      judge: (trace) => firstToken(trace, first),
    });
  }
  if (gaps !== undefined) {
    const named = gapLimits(matcher, gaps);
    parts.push({
      name: "gaps",
      limit: `within ${describeLimits(named)}`,
      judge: (trace) => judgeGaps(trace, named),
    });
  }
  if (duration !== undefined) {
    checkNumber(matcher, "`duration`", duration);
    parts.push({
      name: "duration",
      limit: `within ${ms(duration)}`,
      judge: (trace) => completion(trace, duration),
    });
  }
  if (tokensPerSecond !== undefined) {
    const range = numberRange(matcher, tokensPerSecond);
    parts.push({ name: "tokensPerSecond", limit: range.words, judge: (trace) => tokenRate(trace, range) });
  }
  if (parts.length === 0) throw new MatcherArgumentError(matcher, `it takes at least one of ${list(NAMES)}.`);
  return parts;
}
