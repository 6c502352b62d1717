import type { TraceUsage } from "../../streams/decoder.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams, type Finding, unknown } from "./support/assert-streams.ts";
import { checkNames, isFields, reject } from "./support/check-arguments.ts";
import { hasAllOf, isEqual, type MatcherContext, type MatcherResult } from "./support/matcher-context.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { list, value } from "./support/words.ts";

const COUNTS = [
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "reasoningTokens",
  "cachedInputTokens",
] as const;

type CountName = (typeof COUNTS)[number];

/** Token counts, as numbers or asymmetric matchers. `raw` lists fields that the provider's own object has at least. */
export type UsageExpectation = { readonly [Name in CountName]?: unknown } & { readonly raw?: unknown };

/** Checks the token counts that the provider sent; without an argument, that it sent any. */
export function toHaveUsage(
  this: MatcherContext,
  received: unknown,
  expected?: UsageExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  const asked = namesIn(expected);
  const words =
    asked.length === 0 ? "" : ` ${asked.map((name) => `${name} ${value(expected?.[name])}`).join(", ")}`;
  const claim = {
    is: words === "" ? "usage" : `usage${words}`,
    isNot: words === "" ? "no usage" : `usage other than${words}`,
  };
  return assertStreams(this, "toHaveUsage", received, options, claim, (trace) => {
    const show = (): string => showEvents(trace, usageEvent(trace));
    return { ...checkUsage(this, trace.usage, expected, asked), show };
  });
}

function checkUsage(
  context: MatcherContext,
  usage: TraceUsage | undefined,
  expected: UsageExpectation | undefined,
  asked: readonly (keyof TraceUsage)[],
): Finding {
  if (usage === undefined) {
    return asked.length === 0
      ? { holds: false, found: "the provider sent none" }
      : unknown("the provider sent no usage");
  }
  if (expected === undefined || asked.length === 0)
    return { holds: true, found: `there is ${shown(usage, COUNTS)}` };
  const missing = asked.filter((name) => usage[name] === undefined);
  if (missing.length > 0) {
    return unknown(
      `the provider sent no ${list(missing, "or")}, only ${shown(usage, COUNTS) || "its own object"}`,
    );
  }
  const wrong = asked.filter((name) =>
    name === "raw"
      ? !hasAllOf(context, usage.raw, expected.raw)
      : !isEqual(context, usage[name], expected[name]),
  );
  const only = (of: UsageExpectation): UsageExpectation =>
    Object.fromEntries(wrong.map((name) => [name, of[name]]));
  return {
    holds: wrong.length === 0,
    found: `there is ${shown(usage, wrong.length === 0 ? asked : wrong)}`,
    actual: only(usage),
    expected: only(expected),
  };
}

function shown(usage: TraceUsage, names: readonly (keyof TraceUsage)[]): string {
  return names
    .filter((name) => usage[name] !== undefined)
    .map((name) => `${name} ${value(usage[name])}`)
    .join(", ");
}

function usageEvent({ events }: StreamTrace): readonly number[] {
  const event = events.findLast(({ decoded }) => decoded.some(({ kind }) => kind === "usage"));
  return event === undefined ? [] : [event.index];
}

function namesIn(expected: unknown): readonly (keyof TraceUsage)[] {
  if (expected === undefined) return [];
  if (!isFields(expected)) {
    reject("toHaveUsage", "an object of token counts", expected);
  }
  const names: readonly (keyof TraceUsage)[] = [...COUNTS, "raw"];
  checkNames("toHaveUsage", expected, names, "count");
  return names.filter((name) => expected[name] !== undefined);
}
