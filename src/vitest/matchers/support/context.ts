/** What a matcher needs of the state that Vitest calls it with. */
export interface MatcherContext {
  /** Whether `.not` stands before the matcher. */
  readonly isNot: boolean;
  readonly customTesters: readonly unknown[];
  equals(actual: unknown, expected: unknown, customTesters?: unknown[], strict?: boolean): boolean;
  readonly utils: {
    stringify(value: unknown, maxDepth?: number): string;
    readonly iterableEquality: unknown;
    readonly subsetEquality: unknown;
  };
}

/** What a matcher answers. `actual` and `expected` are there where a diff of the two helps. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
  readonly actual?: unknown;
  readonly expected?: unknown;
}
