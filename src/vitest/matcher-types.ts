import "vitest";
import type { StreamEnd } from "../cassette/model.ts";
import type { DuplicateOptions, IncrementalOptions } from "./matchers/integrity-matchers.ts";
import type { SequenceElement } from "./matchers/quantifiers.ts";
import type { EventSequenceOptions, StepsOptions } from "./matchers/sequence-matchers.ts";
import type { CountRange, RangeLimits } from "./matchers/support/check-arguments.ts";
import type { TextExpectation } from "./matchers/support/matcher-context.ts";
import type { RequestExpectation } from "./matchers/support/sent-request.ts";
import type { StreamMatcherOptions, StreamSubject } from "./matchers/support/subject.ts";
import type { GapLimits, TokenTimingLimits } from "./matchers/timing-matchers.ts";
import type { StreamErrorExpectation } from "./matchers/to-have-stream-error.ts";
import type { UsageExpectation } from "./matchers/to-have-usage.ts";
import type { UpstreamOptions } from "./matchers/to-match-upstream.ts";
import type { ToolCallExpectation } from "./matchers/tool-matchers.ts";

/**
 * The matchers that `expect` offers. Stream matchers accept a cassette (its only stream, or every stream with
 * `{ all: true }`), a `StreamTrace`, a traced stream that has ended, or an interaction. Times are recorded or observed
 * times, in milliseconds since the request was sent. If the data is missing, a matcher fails, with `.not` as well, and
 * says why.
 */
export interface CassetteMatchers<R = unknown> {
  /**
   * Checks how many chunks the stream arrived in.
   * @example expect(cassette).toHaveChunkCount({ min: 3 })
   */
  toHaveChunkCount(expected: CountRange, options?: StreamMatcherOptions): R;

  /**
   * Checks how many events the stream has, including bookkeeping and the end marker.
   * @example expect(cassette).toHaveEventCount(12)
   */
  toHaveEventCount(expected: CountRange, options?: StreamMatcherOptions): R;

  /**
   * Checks the events of the stream, in order. With `{ partial: true }`, other events may come between them.
   * @example expect(cassette).toHaveEventSequence(['message_start', anything(), 'message_stop'])
   */
  toHaveEventSequence(sequence: readonly SequenceElement[], options?: EventSequenceOptions): R;

  /**
   * Checks the visible text, all deltas joined: exactly this text, or a pattern in it.
   * @example expect(cassette).toHaveStreamedText(/dark mode/)
   */
  toHaveStreamedText(expected: TextExpectation, options?: StreamMatcherOptions): R;

  /** Checks the reasoning, all deltas joined: exactly this text, or a pattern in it. */
  toHaveStreamedReasoning(expected: TextExpectation, options?: StreamMatcherOptions): R;

  /** Checks that the visible text arrived in several events, and in more than one chunk. */
  toHaveStreamedIncrementally(options?: IncrementalOptions): R;

  /**
   * Checks that a tool was called, with this input if one is given: by the test's own code if the cassette records
   * calls, else by the model. Compares as `toEqual` does.
   * @example expect(cassette).toHaveCalledTool('get_weather', { city: 'Paris' })
   */
  toHaveCalledTool(name: TextExpectation, input?: unknown, options?: StreamMatcherOptions): R;

  /**
   * Checks that exactly these tools were called, in this order: by the test's own code if the cassette records calls,
   * else by the model.
   * @example expect(cassette).toHaveCalledTools(['search', { name: 'open', input: { page: 1 } }])
   */
  toHaveCalledTools(expected: readonly ToolCallExpectation[], options?: StreamMatcherOptions): R;

  /**
   * Checks that the run has reached a checkpoint.
   * @example expect(cassette).toHaveReached('after plan')
   */
  toHaveReached(label: TextExpectation): R;

  /**
   * Checks the steps of the run, in the order in which they began. With `{ partial: true }`, others may come between.
   * @example expect(cassette).toHaveSteps(['plan', oneOrMore('search'), 'answer'])
   */
  toHaveSteps(sequence: readonly SequenceElement[], options?: StepsOptions): R;

  /**
   * Checks that tools and functions were called in this order; other calls may come between.
   * @example expect(cassette).toHaveCallOrder(['search', 'open'])
   */
  toHaveCallOrder(sequence: readonly SequenceElement[]): R;

  /** Checks the provider's own finish reason; without an argument, that there is one. */
  toHaveFinishReason(expected?: TextExpectation, options?: StreamMatcherOptions): R;

  /**
   * Checks the token counts that the provider sent; without an argument, that it sent any.
   * @example expect(cassette).toHaveUsage({ outputTokens: expect.any(Number) })
   */
  toHaveUsage(expected?: UsageExpectation, options?: StreamMatcherOptions): R;

  /**
   * Checks the error inside the stream, or in its whole body; without an argument, that there is one.
   * @example expect(cassette).toHaveStreamError({ type: 'overloaded_error' })
   */
  toHaveStreamError(expected?: StreamErrorExpectation, options?: StreamMatcherOptions): R;

  /** Checks how the bytes of the stream ended. */
  toHaveEnded(expected: StreamEnd, options?: StreamMatcherOptions): R;

  /** Checks that the provider's own end marker arrived: `[DONE]`, `message_stop`, `response.completed`, ... */
  toHaveTerminated(options?: StreamMatcherOptions): R;

  /** Checks that no event was delivered twice. A few repeated words ("ha ha ha") are not duplicates. */
  toHaveNoDuplicateEvents(options?: DuplicateOptions): R;

  /** Checks that the provider's own numbers (`sequence_number`, or numeric SSE ids) go up by one. */
  toHaveNoSequenceGaps(options?: StreamMatcherOptions): R;

  /** Checks that the text does not start over in the middle of the stream. */
  toHaveNoRestart(options?: StreamMatcherOptions): R;

  /**
   * Checks that the application emitted what the provider sent: nothing lost, repeated or out of order, and no event
   * more than `maxDelay` milliseconds later.
   * @example expect(traced).toMatchUpstream(cassette)
   */
  toMatchUpstream(upstream: StreamSubject, options?: UpstreamOptions): R;

  /** Checks when the first text, reasoning or tool-call argument arrived, in milliseconds since the request. */
  toHaveFirstTokenWithin(limit: number, options?: StreamMatcherOptions): R;

  /** Checks when the first chunk of the body arrived, in milliseconds since the request. */
  toHaveFirstChunkWithin(limit: number, options?: StreamMatcherOptions): R;

  /** Checks that the stream completed, and when its last byte arrived, in milliseconds since the request. */
  toHaveCompletedWithin(limit: number, options?: StreamMatcherOptions): R;

  /**
   * Checks the gaps between events with content, in milliseconds.
   * @example expect(cassette).toHaveGapsWithin({ p95: 120, max: 400 })
   */
  toHaveGapsWithin(limits: GapLimits, options?: StreamMatcherOptions): R;

  /** Checks the longest wait between any two chunks, in milliseconds. */
  toHaveNoStallOver(limit: number, options?: StreamMatcherOptions): R;

  /** Checks the rate of output tokens, counted by the provider. */
  toHaveTokensPerSecond(limits: RangeLimits, options?: StreamMatcherOptions): R;

  /**
   * Checks several limits at once and reports all that are not met.
   * @example expect(cassette).toHaveTokenTiming({ firstToken: 800, gaps: { p95: 120 } })
   */
  toHaveTokenTiming(limits: TokenTimingLimits, options?: StreamMatcherOptions): R;

  /**
   * Checks that the code under test sent such a request; without an argument, any request. Accepts a URL, a part of
   * one or a pattern in place of an object.
   * @example expect(cassette).toHaveRequested({ body: expect.objectContaining({ model: 'gpt-5-mini' }) })
   */
  toHaveRequested(expected?: RequestExpectation | string | RegExp | URL): R;

  /** Checks how many requests, or how many such requests, the code under test sent. */
  toHaveRequestedTimes(times: CountRange, expected?: RequestExpectation | string | RegExp | URL): R;

  /** Checks that every recording in the cassette was requested. */
  toBeFullyPlayed(): R;

  /** Checks that every request of the test had a recording. */
  toHaveNoMisses(): R;
}

// Vitest 5 declares `Matchers<R, T>`, Vitest 4 `Matchers<T>`. No declaration can merge with both and name a return
// type. Both extend Chai's `Assertion` and `AsymmetricMatchersContaining`, which have no parameters. After `.resolves`,
// `.rejects` and `expect.poll`, both turn a function without a return value into one that returns a promise.
declare global {
  namespace Chai {
    interface Assertion extends CassetteMatchers<void> {}
  }
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as in Vitest itself, an asymmetric matcher stands for any value.
  interface AsymmetricMatchersContaining extends CassetteMatchers<any> {}
}
