import type { MatcherContext } from "./context.ts";
import { isAsymmetric, isEqual } from "./equality.ts";

/** A value and what was expected of it, brought to one form for a diff. */
export interface HeldAgainst {
  readonly actual: unknown;
  readonly expected: unknown;
  /** How much differs: 1 for each part, less for a text that is much the same. */
  readonly distance: number;
}

/**
 * Holds a value against what was expected of it: parts that are as expected are the same on both sides, whatever
 * asymmetric matcher says so, and what `expect.objectContaining()` does not name is on neither.
 */
export function heldAgainst(context: MatcherContext, actual: unknown, expected: unknown): HeldAgainst {
  if (isEqual(context, actual, expected)) return { actual, expected: actual, distance: 0 };
  const sample = sampleOf(expected);
  const wanted = sample ?? expected;
  if (isFields(actual) && isFields(wanted)) {
    const names = Object.keys(sample === undefined ? { ...actual, ...wanted } : wanted);
    const parts = names.map((name) => [name, part(context, actual, wanted, name)] as const);
    return {
      actual: fromParts(parts, actual, "actual"),
      expected: fromParts(parts, wanted, "expected"),
      distance: parts.reduce((sum, [, { distance }]) => sum + distance, 0),
    };
  }
  if (Array.isArray(actual) && Array.isArray(wanted)) {
    const shared = Math.min(actual.length, wanted.length);
    const parts = actual
      .slice(0, shared)
      .map((each, index) => heldAgainst(context, each, wanted[index] as unknown));
    return {
      actual: [...parts.map((each) => each.actual), ...actual.slice(shared)],
      expected: [...parts.map((each) => each.expected), ...wanted.slice(shared)],
      distance:
        parts.reduce((sum, { distance }) => sum + distance, 0) + Math.abs(actual.length - wanted.length),
    };
  }
  return { actual, expected, distance: textDistance(actual, expected) };
}

type Fields = Readonly<Record<string, unknown>>;

function part(context: MatcherContext, actual: Fields, wanted: Fields, name: string): HeldAgainst {
  return heldAgainst(context, actual[name], wanted[name]);
}

function fromParts(
  parts: readonly (readonly [name: string, held: HeldAgainst])[],
  owner: Fields,
  side: "actual" | "expected",
): Fields {
  return Object.fromEntries(
    parts.filter(([name]) => Object.hasOwn(owner, name)).map(([name, held]) => [name, held[side]]),
  );
}

/** What `expect.objectContaining()` was given; `undefined` for all else, `expect.not.objectContaining()` among it. */
function sampleOf(expected: unknown): Fields | undefined {
  if (!isAsymmetric(expected) || String(expected) !== "ObjectContaining") return undefined;
  const { sample } = expected as { readonly sample?: unknown };
  return isFields(sample) ? sample : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isAsymmetric(value);
}

/** From 1 for texts that have neither beginning nor end in common down towards 0. */
function textDistance(one: unknown, other: unknown): number {
  if (typeof one !== "string" || typeof other !== "string") return 1;
  const shorter = Math.min(one.length, other.length);
  let head = 0;
  while (head < shorter && one[head] === other[head]) head++;
  let tail = 0;
  while (tail < shorter - head && one.at(-1 - tail) === other.at(-1 - tail)) tail++;
  return 1 - (0.9 * (head + tail)) / Math.max(one.length, other.length, 1);
}
