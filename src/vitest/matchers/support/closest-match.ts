import { isContainer } from "../../../matching/container.ts";
import { isFields } from "./check-arguments.ts";
import { isAsymmetric, isEqual, type MatcherContext } from "./matcher-context.ts";
import { value } from "./words.ts";

/** A value and what was expected instead, prepared for Vitest's diff. */
export interface ClosestMatch {
  readonly actual: unknown;
  readonly expected: unknown;
  /** How many parts differ. */
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
  const isList = Array.isArray(actual) && Array.isArray(wanted);
  if (!isList && !(isFields(actual) && isFields(wanted)))
    return { actual, expected: printed(wanted), distance: 1 };
  const [given, asked] = [Object.entries(actual), Object.entries(wanted)].map((each) => new Map(each)) as [
    Map<string, unknown>,
    Map<string, unknown>,
  ];
  const names = sample === undefined ? new Set([...given.keys(), ...asked.keys()]) : asked.keys();
  const parts = [...names].map(
    (name) => [name, closestMatch(context, given.get(name), asked.get(name))] as const,
  );
  const side = (of: ReadonlyMap<string, unknown>, key: "actual" | "expected"): unknown => {
    const entries = parts.filter(([name]) => of.has(name)).map(([name, part]) => [name, part[key]] as const);
    return isList ? entries.map(([, part]) => part) : Object.fromEntries(entries);
  };
  return {
    actual: side(given, "actual"),
    expected: side(asked, "expected"),
    distance: parts.reduce((sum, [, { distance }]) => sum + distance, 0),
  };
}

/** Replaces the asymmetric matchers in a value: `expect.any(Number)` becomes `Any<Number>`. */
function printed(expected: unknown): unknown {
  if (isAsymmetric(expected)) return printed(sampleOf(expected) ?? value(expected));
  if (!isContainer(expected)) return expected;
  if (Array.isArray(expected)) return expected.map(printed);
  return Object.fromEntries(Object.entries(expected).map(([name, each]) => [name, printed(each)]));
}

/** The argument of `expect.objectContaining()`; `undefined` for all else, `expect.not.objectContaining()` included. */
function sampleOf(expected: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isAsymmetric(expected) || String(expected) !== "ObjectContaining") return undefined;
  const { sample } = expected as { readonly sample?: unknown };
  return isFields(sample) ? sample : undefined;
}
