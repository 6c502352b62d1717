import type { MatcherContext } from "./context.ts";

/** Anything with `asymmetricMatch`: `expect.any(Number)`, `expect.stringContaining("a")`, ... */
export interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean;
}

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<AsymmetricMatcher>).asymmetricMatch === "function"
  );
}

/** Whether a matcher is one of texts alone, such as `expect.stringContaining()`. */
export function isAboutText(matcher: AsymmetricMatcher): boolean {
  const { getExpectedType } = matcher as { getExpectedType?: () => string };
  return getExpectedType?.call(matcher) === "string";
}

/** Equality as `toEqual` has it. */
export function isEqual(context: MatcherContext, actual: unknown, expected: unknown): boolean {
  return context.equals(actual, expected, [...context.customTesters, context.utils.iterableEquality]);
}

/** Whether `actual` has all that `expected` has, as `toMatchObject` has it. */
export function hasAllOf(context: MatcherContext, actual: unknown, expected: unknown): boolean {
  const { iterableEquality, subsetEquality } = context.utils;
  return context.equals(actual, expected, [...context.customTesters, iterableEquality, subsetEquality]);
}

/** A text, told as the text itself, a pattern in it, or by an asymmetric matcher. */
export type TextExpectation = string | RegExp | AsymmetricMatcher;

export function isText(context: MatcherContext, actual: string, expected: TextExpectation): boolean {
  // `search` and not `test`: a global expression keeps a place from one call to the next.
  return expected instanceof RegExp ? actual.search(expected) !== -1 : isEqual(context, actual, expected);
}
