/**
 * The matchers, for `expect.extend(matchers)` by hand:
 *
 * ```ts
 * import * as matchers from 'vitest-cassette/matchers'
 * expect.extend(matchers)
 * ```
 *
 * Nothing but matchers is exported as a value, since all values of this module become matchers there.
 */
export type { CassetteMatchers } from "./vitest/matcher-types.ts";
export * from "./vitest/matchers/all-matchers.ts";
export type { EventPattern, Quantified, SequenceElement } from "./vitest/matchers/quantifiers.ts";
export type { MatcherContext, MatcherResult } from "./vitest/matchers/support/context.ts";
export type { AsymmetricMatcher, TextExpectation } from "./vitest/matchers/support/equality.ts";
export type { GapLimits } from "./vitest/matchers/support/gap-limits.ts";
export type { CountRange, RangeLimits } from "./vitest/matchers/support/number-range.ts";
export type { RequestExpectation } from "./vitest/matchers/support/sent-request.ts";
export type { StreamMatcherOptions, StreamSubject } from "./vitest/matchers/support/subject.ts";
export type { ToolCallExpectation } from "./vitest/matchers/to-have-called-tools.ts";
export type { EventSequenceOptions } from "./vitest/matchers/to-have-event-sequence.ts";
export type { DuplicateOptions } from "./vitest/matchers/to-have-no-duplicate-events.ts";
export type {
  StreamErrorExpectation,
  StreamErrorFields,
} from "./vitest/matchers/to-have-stream-error.ts";
export type { IncrementalOptions } from "./vitest/matchers/to-have-streamed-incrementally.ts";
export type { TokenTimingLimits } from "./vitest/matchers/to-have-token-timing.ts";
export type { UsageExpectation } from "./vitest/matchers/to-have-usage.ts";
export type { UpstreamOptions } from "./vitest/matchers/to-match-upstream.ts";
