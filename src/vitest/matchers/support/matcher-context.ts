/** What a matcher needs from the `this` that Vitest calls it with. */
export interface MatcherContext {
  /** Whether the matcher was called through `.not`. */
  readonly isNot: boolean;
  readonly customTesters: readonly unknown[];
  equals(actual: unknown, expected: unknown, customTesters?: unknown[], strict?: boolean): boolean;
  readonly utils: {
    readonly iterableEquality: unknown;
    readonly subsetEquality: unknown;
  };
}

/** What a matcher returns. Vitest prints a diff if it has `actual` and `expected`. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}

/** Anything with `asymmetricMatch`: `expect.any(Number)`, `expect.stringContaining("a")`, ... */
export interface AsymmetricMatcher {
  asymmetricMatch(other: unknown): boolean;
  /** Prints it, for messages. */
  toAsymmetricMatcher?(): string;
}

/** A text: exactly this, one that matches a pattern, or one that an asymmetric matcher accepts. */
export type TextExpectation = string | RegExp | AsymmetricMatcher;

export function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as Partial<AsymmetricMatcher>).asymmetricMatch === "function"
  );
}

/** Tells whether a matcher accepts only strings, such as `expect.stringContaining()`. */
export function isAboutText(matcher: AsymmetricMatcher): boolean {
  const { getExpectedType } = matcher as { getExpectedType?: () => string };
  return getExpectedType?.call(matcher) === "string";
}

/** Compares as `toEqual` does. */
export function isEqual(context: MatcherContext, actual: unknown, expected: unknown): boolean {
  return context.equals(actual, expected, [...context.customTesters, context.utils.iterableEquality]);
}

/** Tells whether `actual` has everything that `expected` has, as `toMatchObject` does. */
export function hasAllOf(context: MatcherContext, actual: unknown, expected: unknown): boolean {
  const { iterableEquality, subsetEquality } = context.utils;
  return context.equals(actual, expected, [...context.customTesters, iterableEquality, subsetEquality]);
}

export function isText(
  context: MatcherContext,
  actual: string | undefined,
  expected: TextExpectation,
): boolean {
  return isEqual(context, actual, matching(expected));
}

/** Matches a text that contains `part`. */
export function containing(part: string): AsymmetricMatcher {
  return ofText((text) => text.includes(part), part);
}

/** Makes an asymmetric matcher of a regular expression, and returns everything else unchanged. */
export function matching<T>(expected: T): T | AsymmetricMatcher {
  // `search` instead of `test`: a global expression remembers its position between calls.
  return expected instanceof RegExp
    ? ofText((text) => text.search(expected) !== -1, String(expected))
    : expected;
}

function ofText(accepts: (text: string) => boolean, printed: string): AsymmetricMatcher {
  return {
    asymmetricMatch: (other) => typeof other === "string" && accepts(other),
    toAsymmetricMatcher: () => printed,
  };
}
