import { isContainer } from "../../../matching/container.ts";
import { isAsymmetric, isEqual, type MatcherContext } from "./matcher-context.ts";
import { value } from "./words.ts";

/** A value and what was expected instead, prepared for Vitest's diff. */
export interface ClosestMatch {
  readonly actual: unknown;
  readonly expected: unknown;
  /** How much differs: 1 for each part, less for two similar texts. */
  readonly distance: number;
}

/**
 * Prepares a value and what was expected instead for Vitest's diff. Parts that match are the same on both sides.
 * Fields that `expect.objectContaining()` does not name are left out. No asymmetric matcher remains in `expected`:
 * Vitest's diff overflows its stack on some of them.
 */
export function closestMatch(context: MatcherContext, actual: unknown, expected: unknown): ClosestMatch {
  if (isEqual(context, actual, expected)) return { actual, expected: actual, distance: 0 };
  const sample = sampleOf(expected);
  const wanted = sample ?? expected;
  if (isFields(actual) && isFields(wanted)) {
    const names = Object.keys(sample === undefined ? { ...actual, ...wanted } : wanted);
    const parts = names.map((name) => [name, closestMatch(context, actual[name], wanted[name])] as const);
    const side = (of: Fields, key: "actual" | "expected"): Fields =>
      Object.fromEntries(
        parts.filter(([name]) => Object.hasOwn(of, name)).map(([name, part]) => [name, part[key]]),
      );
    return {
      actual: side(actual, "actual"),
      expected: side(wanted, "expected"),
      distance: parts.reduce((sum, [, part]) => sum + part.distance, 0),
    };
  }
  if (Array.isArray(actual) && Array.isArray(wanted)) {
    const shared = Math.min(actual.length, wanted.length);
    const parts = actual
      .slice(0, shared)
      .map((each, index) => closestMatch(context, each, wanted[index] as unknown));
    return {
      actual: [...parts.map((part) => part.actual), ...actual.slice(shared)],
      expected: [...parts.map((part) => part.expected), ...wanted.slice(shared).map(printed)],
      distance:
        parts.reduce((sum, { distance }) => sum + distance, 0) + Math.abs(actual.length - wanted.length),
    };
  }
  return { actual, expected: printed(wanted), distance: textDistance(actual, expected) };
}

type Fields = Readonly<Record<string, unknown>>;

/** Replaces the asymmetric matchers in a value: `expect.any(Number)` becomes `Any<Number>`. */
function printed(expected: unknown): unknown {
  if (isAsymmetric(expected)) return printed(sampleOf(expected) ?? value(expected));
  if (!isContainer(expected)) return expected;
  if (Array.isArray(expected)) return expected.map(printed);
  return Object.fromEntries(Object.entries(expected).map(([name, each]) => [name, printed(each)]));
}

/** The argument of `expect.objectContaining()`; `undefined` for all else, `expect.not.objectContaining()` included. */
function sampleOf(expected: unknown): Fields | undefined {
  if (!isAsymmetric(expected) || String(expected) !== "ObjectContaining") return undefined;
  const { sample } = expected as { readonly sample?: unknown };
  return isFields(sample) ? sample : undefined;
}

function isFields(given: unknown): given is Fields {
  return typeof given === "object" && given !== null && !Array.isArray(given) && !isAsymmetric(given);
}

/** 1 for texts that share neither beginning nor end, down to 0. */
function textDistance(one: unknown, other: unknown): number {
  if (typeof one !== "string" || typeof other !== "string") return 1;
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  return 1 - (0.9 * (head + tail)) / Math.max(one.length, other.length, 1);
}
