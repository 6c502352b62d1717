import { percentile } from "../../../streams/percentile.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { checkLimits } from "./arguments.ts";
import { type Finding, unknown } from "./assert-streams.ts";
import { unreadable, untimed } from "./decodable.ts";
import { list, ms } from "./show.ts";
import { showEvents } from "./show-events.ts";

/** Limits in milliseconds for the gaps between events that bear content. Percentiles interpolate linearly. */
export interface GapLimits {
  readonly p50?: number | undefined;
  readonly p90?: number | undefined;
  readonly p95?: number | undefined;
  readonly p99?: number | undefined;
  readonly max?: number | undefined;
}

const RANKS: Readonly<Record<string, number>> = { p50: 50, p90: 90, p95: 95, p99: 99, max: 100 };

/** Limits by name, in the order in which they are told. */
export type NamedLimits = readonly (readonly [name: string, limit: number])[];

/** @throws MatcherArgumentError for what is no set of limits */
export function gapLimits(matcher: string, given: GapLimits): NamedLimits {
  return checkLimits(matcher, given, Object.keys(RANKS));
}

export function describeLimits(limits: NamedLimits): string {
  return limits.map(([name, limit]) => `${name} ${ms(limit)}`).join(", ");
}

/** Whether the gaps of a stream are within limits. */
export function judgeGaps(trace: StreamTrace, limits: NamedLimits): Finding {
  const why = untimed(trace) ?? unreadable(trace);
  if (why !== undefined) return { ...unknown(why), show: () => showEvents(trace) };
  const content = trace.events.filter(({ hasContent }) => hasContent);
  const gaps = trace.timing.gaps ?? [];
  if (gaps.length === 0) {
    const found = `gaps are between events with content, and the stream has ${content.length === 0 ? "none" : "only one"}`;
    return { ...unknown(found), show: () => showEvents(trace) };
  }
  const measured = limits.map(([name, limit]) => ({
    name,
    limit,
    is: percentile(gaps, RANKS[name] ?? 100) ?? 0,
  }));
  const over = measured.filter(({ is, limit }) => is > limit);
  const told = (over.length > 0 ? over : measured).map(({ name, is, limit }) =>
    over.length > 0 ? `${name} is ${ms(is)} (limit ${ms(limit)})` : `${name} is ${ms(is)}`,
  );
  const longest = gaps.indexOf(gaps.reduce((most, gap) => Math.max(most, gap)));
  const before = content[longest];
  const after = content[longest + 1];
  const where =
    before === undefined || after === undefined
      ? ""
      : `; the longest, ${ms(gaps[longest] ?? 0)}, is between events ${before.index} and ${after.index}`;
  return {
    holds: over.length === 0,
    found: `${list(told)}${where}`,
    show: () => showEvents(trace, after === undefined ? [] : [after.index]),
  };
}
