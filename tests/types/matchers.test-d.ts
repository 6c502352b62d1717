/** Checked by the compiler alone: nothing here is run. */
import { expect, expectTypeOf } from "vitest";
import type { Interaction } from "../../src/cassette/model.ts";
import type { CassetteMatchers, MatcherContext, MatcherResult } from "../../src/matchers.ts";
import * as matchers from "../../src/matchers.ts";
import type { Cassette } from "../../src/session/cassette.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import type { Traced } from "../../src/streams/trace-of.ts";
import { anyNumberOf, anything, oneOrMore, optional } from "../../src/vitest/matchers/quantifiers.ts";

declare const cassette: Cassette;
declare const trace: StreamTrace;
declare const traced: Response & Traced;
declare const interaction: Interaction;

// The types say what the code takes.
type Implementation = {
  readonly [Name in keyof CassetteMatchers]: (
    this: MatcherContext,
    received: unknown,
    ...given: Parameters<CassetteMatchers[Name]>
  ) => MatcherResult;
};
matchers satisfies Implementation;
expectTypeOf<keyof typeof matchers>().toEqualTypeOf<keyof CassetteMatchers>();
expect.extend(matchers);

// A matcher gives nothing back, or a promise where it waits for one.
expectTypeOf(expect(cassette).toHaveTerminated()).toEqualTypeOf<void>();
expectTypeOf(expect(cassette).not.toHaveTerminated()).toEqualTypeOf<void>();
expectTypeOf(expect.soft(trace).toHaveTerminated()).toEqualTypeOf<void>();
expectTypeOf(expect(traced.done).resolves.toHaveTerminated()).toEqualTypeOf<Promise<void>>();
expectTypeOf(expect(traced.done).resolves.not.toHaveTerminated()).toEqualTypeOf<Promise<void>>();
expectTypeOf(expect(traced.done).rejects.toHaveTerminated()).toEqualTypeOf<Promise<void>>();
expectTypeOf(expect.poll(() => trace).toHaveTerminated()).toEqualTypeOf<Promise<void>>();

// Each takes what it is documented with.
expect(trace).toHaveChunkCount(3);
expect(trace).toHaveChunkCount({ min: 1, max: 3 }, { all: true });
expect(trace).toHaveEventCount({ min: 1 });
expect(trace).toHaveEventSequence(["a", /b/, { c: 1 }, expect.objectContaining({ d: 1 }), anything()]);
expect(trace).toHaveEventSequence([oneOrMore("a", anyNumberOf("b")), optional("c")], { partial: true });
expect(trace).toHaveStreamedText(/a/);
expect(trace).toHaveStreamedText(expect.stringContaining("a"));
expect(trace).toHaveStreamedReasoning("a");
expect(trace).toHaveStreamedIncrementally();
expect(trace).toHaveStreamedIncrementally({ minTextEvents: 3 });
expect(trace).toHaveCalledTool("a", { b: expect.any(String) }, { all: true });
expect(trace).toHaveCalledTools(["a", { name: "b", input: { c: 1 } }] as const);
expect(trace).toHaveFinishReason("stop");
expect(trace).toHaveUsage({ inputTokens: 1, outputTokens: expect.any(Number), raw: { a: 1 } });
expect(trace).toHaveStreamError({ type: "a", code: /b/, message: "c" });
expect(trace).toHaveEnded("complete");
expect(trace).toHaveNoDuplicateEvents({ minRun: 8 });
expect(trace).toHaveNoSequenceGaps({ all: true });
expect(trace).toHaveNoRestart();
for (const upstream of [cassette, trace, traced, interaction]) {
  expect(traced).toMatchUpstream(upstream, { maxDelay: 5, text: ({ data }) => data });
}
expect(trace).toHaveFirstTokenWithin(800);
expect(trace).toHaveGapsWithin({ p50: 1, p90: 1, p95: 1, p99: 1, max: 1 });
expect(trace).toHaveTokensPerSecond({ min: 1 });
expect(trace).toHaveTokenTiming({
  firstToken: 1,
  gaps: { max: 1 },
  duration: 1,
  tokensPerSecond: { max: 1 },
});
expect(cassette).toHaveRequested({ method: "POST", url: /a/, headers: { a: "b" }, body: { c: 1 } });
expect(cassette).toHaveRequested(new URL("https://example.com"));
expect(cassette).toHaveRequestedTimes({ max: 2 }, "/v1");
expect(cassette).toBeFullyPlayed();
expect(cassette).toHaveReached("after plan");
expect(cassette).toHaveSteps(["a", oneOrMore("b")], { partial: true });
expect(cassette).toHaveCallOrder(["a", { name: "b", input: 1 }]);
expect(cassette).toHaveNoMisses();

// And nothing else.
// @ts-expect-error a number or a range
expect(trace).toHaveChunkCount("3");
// @ts-expect-error no such limit
expect(trace).toHaveChunkCount({ least: 3 });
// @ts-expect-error no such option
expect(trace).toHaveTerminated({ every: true });
// @ts-expect-error a list
expect(trace).toHaveEventSequence("message_start");
// @ts-expect-error no event, no pattern
expect(trace).toHaveEventSequence([5]);
// @ts-expect-error a quantifier is of something
oneOrMore();
// @ts-expect-error one of four
expect(trace).toHaveEnded("done");
// @ts-expect-error no such percentile
expect(trace).toHaveGapsWithin({ p42: 1 });
// @ts-expect-error a limit is needed
expect(trace).toHaveFirstTokenWithin();
// @ts-expect-error no such count
expect(trace).toHaveUsage({ tokens: 1 });
// @ts-expect-error no exact rate
expect(trace).toHaveTokensPerSecond(40);
// @ts-expect-error no upstream
expect(trace).toMatchUpstream("text");
// @ts-expect-error no such field
expect(cassette).toHaveRequested({ path: "/v1" });
// @ts-expect-error no such matcher
expect(trace).toHaveFirstTokenUnder(1);

// They stand for values as well.
expect({ trace }).toEqual({ trace: expect.toHaveStreamedText(/a/) });
expect([trace]).toEqual([expect.not.toHaveStreamedText(/a/)]);
// @ts-expect-error arguments are checked there, too
expect([trace]).toEqual([expect.toHaveEnded("done")]);
