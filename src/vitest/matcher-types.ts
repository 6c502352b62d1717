import "vitest";
import type { StreamEnd } from "../cassette/model.ts";
import type { SequenceElement } from "./matchers/quantifiers.ts";
import type { TextExpectation } from "./matchers/support/equality.ts";
import type { GapLimits } from "./matchers/support/gap-limits.ts";
import type { CountRange, RangeLimits } from "./matchers/support/number-range.ts";
import type { RequestExpectation } from "./matchers/support/sent-request.ts";
import type { StreamMatcherOptions, StreamSubject } from "./matchers/support/subject.ts";
import type { ToolCallExpectation } from "./matchers/to-have-called-tools.ts";
import type { EventSequenceOptions } from "./matchers/to-have-event-sequence.ts";
import type { DuplicateOptions } from "./matchers/to-have-no-duplicate-events.ts";
import type { StreamErrorExpectation } from "./matchers/to-have-stream-error.ts";
import type { IncrementalOptions } from "./matchers/to-have-streamed-incrementally.ts";
import type { TokenTimingLimits } from "./matchers/to-have-token-timing.ts";
import type { UsageExpectation } from "./matchers/to-have-usage.ts";
import type { UpstreamOptions } from "./matchers/to-match-upstream.ts";

/**
 * The matchers as `expect` offers them. Those of streams work on a cassette (its only stream, or each with
 * `{ all: true }`), a `StreamTrace`, a traced stream that has ended, or an interaction. Times are those of the
 * tape or of the observed arrival, in milliseconds since the request was sent. What cannot be told fails, with
 * `.not` as well, and says why.
 */
export interface CassetteMatchers<R = unknown> {
  /**
   * The stream came in so many reads.
   * @example expect(cassette).toHaveChunkCount({ min: 3 })
   */
  toHaveChunkCount(expected: CountRange, options?: StreamMatcherOptions): R;

  /**
   * The stream has so many events, bookkeeping and end marker included.
   * @example expect(cassette).toHaveEventCount(12)
   */
  toHaveEventCount(expected: CountRange, options?: StreamMatcherOptions): R;

  /**
   * The events of the stream are these, in this order: all of them, or with `{ partial: true }` among others.
   * @example expect(cassette).toHaveEventSequence(['message_start', anything(), 'message_stop'])
   */
  toHaveEventSequence(sequence: readonly SequenceElement[], options?: EventSequenceOptions): R;

  /**
   * The visible text, all pieces joined, is this; a regular expression looks for a pattern in it.
   * @example expect(cassette).toHaveStreamedText(/dark mode/)
   */
  toHaveStreamedText(expected: TextExpectation, options?: StreamMatcherOptions): R;

  /** The model's thinking, all pieces joined, is this; a regular expression looks for a pattern in it. */
  toHaveStreamedReasoning(expected: TextExpectation, options?: StreamMatcherOptions): R;

  /** The answer came in pieces: several events with visible text, and in more than one read. */
  toHaveStreamedIncrementally(options?: IncrementalOptions): R;

  /**
   * The model called this tool, with this input if one is given, compared as `toEqual` does.
   * @example expect(cassette).toHaveCalledTool('get_weather', { city: 'Paris' })
   */
  toHaveCalledTool(name: TextExpectation, input?: unknown, options?: StreamMatcherOptions): R;

  /**
   * The model called these tools, all of them, in this order.
   * @example expect(cassette).toHaveCalledTools(['search', { name: 'open', input: { page: 1 } }])
   */
  toHaveCalledTools(expected: readonly ToolCallExpectation[], options?: StreamMatcherOptions): R;

  /** The provider gave this finish reason, in its own word; without an argument, any. */
  toHaveFinishReason(expected?: TextExpectation, options?: StreamMatcherOptions): R;

  /**
   * The provider told these token counts; without an argument, any.
   * @example expect(cassette).toHaveUsage({ outputTokens: expect.any(Number) })
   */
  toHaveUsage(expected?: UsageExpectation, options?: StreamMatcherOptions): R;

  /**
   * An error was sent inside the stream, or as its whole body: this one; without an argument, any.
   * @example expect(cassette).toHaveStreamError({ type: 'overloaded_error' })
   */
  toHaveStreamError(expected?: StreamErrorExpectation, options?: StreamMatcherOptions): R;

  /** The bytes of the stream ended like this. */
  toHaveEnded(expected: StreamEnd, options?: StreamMatcherOptions): R;

  /** The provider's own end marker came: `[DONE]`, `message_stop`, `response.completed`, ... */
  toHaveTerminated(options?: StreamMatcherOptions): R;

  /** No event was delivered twice. Equal pieces in a row ("ha ha ha") are no duplicates. */
  toHaveNoDuplicateEvents(options?: DuplicateOptions): R;

  /** The provider's own numbers (`sequence_number`, or an SSE `id` that counts) rise by one from event to event. */
  toHaveNoSequenceGaps(options?: StreamMatcherOptions): R;

  /** The text does not start again from its beginning in the middle of the stream. */
  toHaveNoRestart(options?: StreamMatcherOptions): R;

  /**
   * What the application emitted is what the provider sent: nothing lost, nothing twice, nothing out of order,
   * and no event more than `maxDelay` milliseconds later.
   * @example expect(traced).toMatchUpstream(cassette)
   */
  toMatchUpstream(upstream: StreamSubject, options?: UpstreamOptions): R;

  /** The first text, reasoning or tool-call argument came within so many milliseconds of the request. */
  toHaveFirstTokenWithin(limit: number, options?: StreamMatcherOptions): R;

  /** The first chunk of the body came within so many milliseconds of the request. */
  toHaveFirstChunkWithin(limit: number, options?: StreamMatcherOptions): R;

  /** The last byte came within so many milliseconds of the request, and the stream was not cut. */
  toHaveCompletedWithin(limit: number, options?: StreamMatcherOptions): R;

  /**
   * The gaps between events that bear content are within these limits, in milliseconds.
   * @example expect(cassette).toHaveGapsWithin({ p95: 120, max: 400 })
   */
  toHaveGapsWithin(limits: GapLimits, options?: StreamMatcherOptions): R;

  /** Between any two reads, whatever they bear, lie at most so many milliseconds. */
  toHaveNoStallOver(limit: number, options?: StreamMatcherOptions): R;

  /** Output tokens came at this rate, by the provider's own count. */
  toHaveTokensPerSecond(limits: RangeLimits, options?: StreamMatcherOptions): R;

  /**
   * The times of the stream are within all of these limits. What is not is told together.
   * @example expect(cassette).toHaveTokenTiming({ firstToken: 800, gaps: { p95: 120 } })
   */
  toHaveTokenTiming(limits: TokenTimingLimits, options?: StreamMatcherOptions): R;

  /**
   * The code under test sent such a request; without an argument, any. A URL alone may be given as text (a part
   * of it) or pattern.
   * @example expect(cassette).toHaveRequested({ body: expect.objectContaining({ model: 'gpt-5-mini' }) })
   */
  toHaveRequested(expected?: RequestExpectation | string | RegExp | URL): R;

  /** The code under test sent so many requests, or so many such requests. */
  toHaveRequestedTimes(times: CountRange, expected?: RequestExpectation | string | RegExp | URL): R;

  /** Every recording on the tape was asked for. */
  toBeFullyPlayed(): R;

  /** Every request of the test had a recording. */
  toHaveNoMisses(): R;
}

// Vitest 5 declares `Matchers<R, T>` and Vitest 4 `Matchers<T>`, and no declaration can merge with both and name
// a return type. Chai's `Assertion`, which either makes its own of, and these have no parameters. Behind
// `.resolves`, `.rejects` and `expect.poll`, both versions turn what returns nothing into what returns a promise.
declare global {
  namespace Chai {
    interface Assertion extends CassetteMatchers<void> {}
  }
}

declare module "vitest" {
  // biome-ignore lint/suspicious/noExplicitAny: as Vitest's own: an asymmetric matcher stands for any value.
  interface AsymmetricMatchersContaining extends CassetteMatchers<any> {}
}
