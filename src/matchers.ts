/**
 * The matchers, to register them without the main entry:
 *
 * ```ts
 * import * as matchers from 'vitest-cassette/matchers'
 * expect.extend(matchers)
 * ```
 *
 * Exports no other values: `expect.extend` makes a matcher of each.
 */
import "./vitest/ensure-matchers.ts";

export type { CassetteMatchers } from "./vitest/matcher-types.ts";
export * from "./vitest/matchers/all-matchers.ts";
export type { DuplicateOptions, IncrementalOptions } from "./vitest/matchers/integrity-matchers.ts";
export type { EventPattern, Quantified, SequenceElement } from "./vitest/matchers/quantifiers.ts";
export type { EventSequenceOptions } from "./vitest/matchers/sequence-matchers.ts";
export type { CountRange, RangeLimits } from "./vitest/matchers/support/check-arguments.ts";
export type {
  AsymmetricMatcher,
  MatcherContext,
  MatcherResult,
  TextExpectation,
} from "./vitest/matchers/support/matcher-context.ts";
export type { RequestExpectation } from "./vitest/matchers/support/sent-request.ts";
export type { StreamMatcherOptions, StreamSubject } from "./vitest/matchers/support/subject.ts";
export type { GapLimits, TokenTimingLimits } from "./vitest/matchers/timing-matchers.ts";
export type {
  StreamErrorExpectation,
  StreamErrorFields,
} from "./vitest/matchers/to-have-stream-error.ts";
export type { UsageExpectation } from "./vitest/matchers/to-have-usage.ts";
export type { UpstreamOptions } from "./vitest/matchers/to-match-upstream.ts";
export type { ToolCallExpectation } from "./vitest/matchers/tool-matchers.ts";
