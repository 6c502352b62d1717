import { expect, test } from "vitest";
import {
  DONE,
  empty,
  errorOf,
  failureOf,
  JOKE,
  joke,
  says,
  streamOf,
  timeless,
  unreadable,
  weather,
} from "./support.ts";

const cut = streamOf(JOKE.slice(0, 5), { end: "aborted" });
const single = streamOf([[700, says("All at once.") + DONE]]);
const silent = streamOf([[5, DONE]]);

test("the first token is compared with a limit", () => {
  expect(joke).toHaveFirstTokenWithin(412.3);
  expect(joke).not.toHaveFirstTokenWithin(412.2);
  expect(weather).toHaveFirstTokenWithin(320);
  expect(failureOf(() => expect(joke).toHaveFirstTokenWithin(400))).toMatchInlineSnapshot(`
    "expected the first token within 400 ms, but it arrived after 412.3 ms, in event 1

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
      > 1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        …"
  `);
  expect(failureOf(() => expect(joke).not.toHaveFirstTokenWithin(500)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the first token not within 500 ms, but it arrived after 412.3 ms, in event 1"`,
  );
});

test("the first token cannot be checked without timing, content or a decoder", () => {
  expect(failureOf(() => expect(timeless).toHaveFirstTokenWithin(500)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the first token within 500 ms, but this cannot be checked: the stream has no timing; a cassette without \`timing\` has none"`,
  );
  expect(() => expect(timeless).not.toHaveFirstTokenWithin(500)).toThrow("has no timing");
  expect(failureOf(() => expect(silent).toHaveFirstTokenWithin(500)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the first token within 500 ms, but this cannot be checked: the stream has no content"`,
  );
  expect(() => expect(silent).not.toHaveFirstTokenWithin(500)).toThrow("has no content");
  expect(() => expect(unreadable).toHaveFirstTokenWithin(500)).toThrow("no provider profile can decode");
  expect(() => expect(empty).not.toHaveFirstTokenWithin(500)).toThrow("has no chunks");
});

test("the first chunk is compared with a limit, for any provider", () => {
  expect(joke).toHaveFirstChunkWithin(310.2);
  expect(joke).not.toHaveFirstChunkWithin(310);
  expect(unreadable).toHaveFirstChunkWithin(10);
  expect(failureOf(() => expect(joke).toHaveFirstChunkWithin(100))).toMatchInlineSnapshot(`
    "expected the first chunk within 100 ms, but it arrived after 310.2 ms

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
      > 0    310.2 ms           chat.completion.chunk  (no content)
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        …"
  `);
  expect(failureOf(() => expect(joke).not.toHaveFirstChunkWithin(400)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the first chunk not within 400 ms, but it arrived after 310.2 ms"`,
  );
  expect(
    failureOf(() => expect(timeless).not.toHaveFirstChunkWithin(400)).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected the first chunk not within 400 ms, but this cannot be checked: the stream has no timing; a cassette without \`timing\` has none"`,
  );
  expect(() => expect(empty).toHaveFirstChunkWithin(400)).toThrow("has no chunks");
});

test("the end of the stream is compared with a limit", () => {
  expect(joke).toHaveCompletedWithin(613.2);
  expect(joke).not.toHaveCompletedWithin(613);
  expect(failureOf(() => expect(joke).toHaveCompletedWithin(600))).toMatchInlineSnapshot(`
    "expected the end of the stream within 600 ms, but its last byte arrived after 613.2 ms

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
      > 8    613.2 ms     +0.2  [DONE]                 end marker"
  `);
  expect(failureOf(() => expect(joke).not.toHaveCompletedWithin(700)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the end of the stream not within 700 ms, but its last byte arrived after 613.2 ms"`,
  );
  expect(() => expect(timeless).toHaveCompletedWithin(600)).toThrow("has no timing");
  expect(() => expect(timeless).not.toHaveCompletedWithin(600)).toThrow("has no timing");
});

test("a stream that was cut off has not completed, however early", () => {
  expect(cut).not.toHaveCompletedWithin(10_000);
  expect(failureOf(() => expect(cut).toHaveCompletedWithin(10_000)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the end of the stream within 10000 ms, but it did not complete: aborted after 593.1 ms"`,
  );
});

test("gaps between events with content are compared with limits", () => {
  expect(joke).toHaveGapsWithin({ p50: 19.1, max: 160 });
  expect(joke).toHaveGapsWithin({ p90: 160, p95: 160, p99: 160 });
  expect(joke).not.toHaveGapsWithin({ p50: 19 });
  expect(joke).not.toHaveGapsWithin({ p50: 100, max: 159 });
  expect(weather).toHaveGapsWithin({ max: 20 });
});

test("all gaps over their limits are reported, with the longest", () => {
  expect(
    failureOf(() => expect(joke).toHaveGapsWithin({ p50: 10, p95: 150, max: 200 })),
  ).toMatchInlineSnapshot(`
    "expected gaps within p50 10 ms, p95 150 ms, max 200 ms, but p50 is 19.1 ms; the longest is 160 ms, before event 4

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
      > 4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        …"
  `);
  expect(
    failureOf(() => expect(joke).not.toHaveGapsWithin({ p50: 20, max: 200 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected gaps not within p50 20 ms, max 200 ms, but p50 is 19.1 ms and max is 160 ms; the longest is 160 ms, before event 4"`,
  );
});

test("gaps cannot be checked without timing or a second event with content", () => {
  expect(failureOf(() => expect(single).toHaveGapsWithin({ max: 1 })).split("\n")[0]).toMatchInlineSnapshot(
    `"expected gaps within max 1 ms, but this cannot be checked: the stream has fewer than two events with content"`,
  );
  expect(() => expect(single).not.toHaveGapsWithin({ max: 1 })).toThrow("fewer than two");
  expect(() => expect(timeless).toHaveGapsWithin({ max: 1 })).toThrow("has no timing");
  expect(() => expect(timeless).not.toHaveGapsWithin({ max: 1 })).toThrow("has no timing");
  expect(() => expect(unreadable).not.toHaveGapsWithin({ max: 1 })).toThrow("no provider profile can decode");
});

test("a stall is a wait between any two chunks", () => {
  expect(joke).toHaveNoStallOver(160);
  expect(joke).not.toHaveNoStallOver(159);
  expect(unreadable).toHaveNoStallOver(10);
  expect(single).toHaveNoStallOver(0);
  expect(failureOf(() => expect(joke).toHaveNoStallOver(100))).toMatchInlineSnapshot(`
    "expected the longest wait for a chunk within 100 ms, but it is 160 ms, before chunk 4

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
      > 4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        …"
  `);
  expect(failureOf(() => expect(joke).not.toHaveNoStallOver(200)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the longest wait for a chunk not within 200 ms, but it is 160 ms, before chunk 4"`,
  );
  expect(failureOf(() => expect(single).not.toHaveNoStallOver(200)).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the longest wait for a chunk not within 200 ms, but there is only one chunk"`,
  );
  expect(() => expect(timeless).toHaveNoStallOver(100)).toThrow("has no timing");
  expect(() => expect(timeless).not.toHaveNoStallOver(100)).toThrow("has no timing");
  expect(() => expect(empty).not.toHaveNoStallOver(100)).toThrow("has no chunks");
});

test("the rate of tokens is compared with a range", () => {
  // 8 tokens in 198.1 ms
  expect(joke).toHaveTokensPerSecond({ min: 40, max: 41 });
  expect(joke).not.toHaveTokensPerSecond({ min: 41 });
  expect(joke).not.toHaveTokensPerSecond({ max: 40 });
  expect(failureOf(() => expect(joke).toHaveTokensPerSecond({ min: 100 }))).toMatchInlineSnapshot(`
    "expected a rate of at least 100 tokens per second, but it is 40.4 (9 output tokens, events 1 to 5)

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
      > 1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
      > 5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
        …"
  `);
  expect(
    failureOf(() => expect(joke).not.toHaveTokensPerSecond({ max: 50 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected a rate not of at most 50 tokens per second, but it is 40.4 (9 output tokens, events 1 to 5)"`,
  );
});

test("the rate cannot be checked without usage or timing, with not as well", () => {
  expect(failureOf(() => expect(cut).toHaveTokensPerSecond({ min: 1 })).split("\n")[0]).toMatchInlineSnapshot(
    `"expected a rate of at least 1 tokens per second, but this cannot be checked: the provider sent no usage"`,
  );
  expect(() => expect(cut).not.toHaveTokensPerSecond({ min: 1 })).toThrow("no usage");
  expect(() => expect(timeless).not.toHaveTokensPerSecond({ min: 1 })).toThrow("no timing");
});

test("several limits are checked at once", () => {
  expect(joke).toHaveTokenTiming({
    firstToken: 413,
    gaps: { p50: 20, max: 160 },
    duration: 614,
    tokensPerSecond: { min: 40 },
  });
  expect(joke).not.toHaveTokenTiming({ firstToken: 413, duration: 600 });
});

test("all limits that are not met are reported together", () => {
  const limits = {
    firstToken: 400,
    gaps: { max: 100 },
    duration: 1000,
    tokensPerSecond: { min: 100, max: 200 },
  };
  expect(failureOf(() => expect(joke).toHaveTokenTiming(limits))).toMatchInlineSnapshot(`
    "expected token timing of firstToken within 400 ms; gaps within max 100 ms; duration within 1000 ms; tokensPerSecond of 100 to 200 tokens per second, but firstToken: it arrived after 412.3 ms, in event 1; gaps: max is 160 ms; the longest is 160 ms, before event 4; tokensPerSecond: it is 40.4 (9 output tokens, events 1 to 5)

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        0    310.2 ms           chat.completion.chunk  (no content)
      > 1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer"
        …"
  `);
  expect(
    failureOf(() => expect(joke).toHaveTokenTiming({ firstToken: 400 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected token timing of firstToken within 400 ms, but firstToken: it arrived after 412.3 ms, in event 1"`,
  );
});

test("negated, timing within all limits fails", () => {
  const message = failureOf(() => expect(joke).not.toHaveTokenTiming({ firstToken: 500, duration: 1000 }));
  expect(message.split("\n\n")[0]).toMatchInlineSnapshot(
    `"expected token timing not of firstToken within 500 ms; duration within 1000 ms, but firstToken: it arrived after 412.3 ms, in event 1; duration: its last byte arrived after 613.2 ms"`,
  );
});

test("one limit that is not met decides, even if others cannot be checked", () => {
  const limits = { duration: 100, gaps: { max: 1 } };
  expect(single).not.toHaveTokenTiming(limits);
  expect(failureOf(() => expect(single).toHaveTokenTiming(limits)).split("\n\n")[0]).toMatchInlineSnapshot(
    `"expected token timing of gaps within max 1 ms; duration within 100 ms, but duration: its last byte arrived after 700 ms; gaps: the stream has fewer than two events with content"`,
  );
});

test("a limit that cannot be checked fails if the others are met, with not as well", () => {
  const limits = { duration: 1000, gaps: { max: 1 }, tokensPerSecond: { min: 1 } };
  expect(failureOf(() => expect(single).toHaveTokenTiming(limits)).split("\n\n")[0]).toMatchInlineSnapshot(
    `"expected token timing of gaps within max 1 ms; duration within 1000 ms; tokensPerSecond of at least 1 tokens per second, but this cannot be checked: gaps: the stream has fewer than two events with content; tokensPerSecond: the provider sent no usage"`,
  );
  expect(() => expect(single).not.toHaveTokenTiming(limits)).toThrow("cannot be checked");
});

test("invalid limits throw", () => {
  const messages = [
    errorOf(() => expect(joke).toHaveFirstTokenWithin(-1)),
    errorOf(() => expect(joke).toHaveFirstChunkWithin("1s" as never)),
    errorOf(() => expect(joke).toHaveCompletedWithin(undefined as never)),
    errorOf(() => expect(joke).toHaveNoStallOver(Number.NaN)),
    errorOf(() => expect(joke).toHaveGapsWithin({})),
    errorOf(() => expect(joke).toHaveGapsWithin({ p75: 1 } as object)),
    errorOf(() => expect(joke).toHaveGapsWithin({ max: "1" } as never)),
    errorOf(() => expect(joke).toHaveTokensPerSecond({ mim: 1 } as object)),
    errorOf(() => expect(joke).toHaveTokensPerSecond(5 as never)),
    errorOf(() => expect(joke).toHaveTokenTiming({})),
    errorOf(() => expect(joke).toHaveTokenTiming({ firstText: 1 } as object)),
    errorOf(() => expect(joke).toHaveTokenTiming({ gaps: {} })),
    errorOf(() => expect(joke).toHaveTokenTiming(null as never)),
  ];
  expect(messages.map(({ message }) => message).join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveFirstTokenWithin: expected the limit in milliseconds to be a non-negative number, got -1.
    Failed to check toHaveFirstChunkWithin: expected the limit in milliseconds to be a non-negative number, got "1s".
    Failed to check toHaveCompletedWithin: expected the limit in milliseconds to be a non-negative number, got undefined.
    Failed to check toHaveNoStallOver: expected the limit in milliseconds to be a non-negative number, got NaN.
    Failed to check toHaveGapsWithin: expected at least one of p50, p90, p95, p99, max, got {}.
    Failed to check toHaveGapsWithin: unknown limit \`p75\`. Valid limits: p50, p90, p95, p99, max.
    Failed to check toHaveGapsWithin: expected \`max\` to be a non-negative number, got "1".
    Failed to check toHaveTokensPerSecond: unknown limit \`mim\`. Valid limits: min, max.
    Failed to check toHaveTokensPerSecond: expected an object with min, max, got 5.
    Failed to check toHaveTokenTiming: expected at least one of firstToken, gaps, duration, tokensPerSecond, got {}.
    Failed to check toHaveTokenTiming: unknown limit \`firstText\`. Valid limits: firstToken, gaps, duration, tokensPerSecond.
    Failed to check toHaveTokenTiming: expected at least one of p50, p90, p95, p99, max, got {}.
    Failed to check toHaveTokenTiming: expected an object with firstToken, gaps, duration, tokensPerSecond, got null."
  `);
  for (const error of messages) expect(error).toMatchObject({ code: "CASSETTE_MATCHER_ARGUMENT" });
});
