import { expect, test } from "vitest";
import {
  anthropic,
  DONE,
  empty,
  failureOf,
  JOKE,
  joke,
  MESSAGES,
  says,
  sse,
  streamOf,
  unreadable,
  WEATHER,
  weather,
} from "./support.ts";

const cut = streamOf(JOKE.slice(0, 4), { end: "reset" });
const overloaded = streamOf(
  [
    ...WEATHER.slice(0, 3),
    [350, anthropic({ type: "error", error: { type: "overloaded_error", message: "Overloaded right now" } })],
  ],
  { url: MESSAGES },
);
const gemini = streamOf(
  [sse({ candidates: [{ content: { parts: [{ text: "Hi" }] }, finishReason: "STOP" }] })],
  { url: "https://generativelanguage.googleapis.com/v1beta/models/g:streamGenerateContent?alt=sse" },
);

test("the finish reason is the provider's own word", () => {
  expect(joke).toHaveFinishReason("stop");
  expect(joke).toHaveFinishReason(/^st/);
  expect(joke).toHaveFinishReason();
  expect(weather).toHaveFinishReason("tool_use");
  expect(joke).not.toHaveFinishReason("length");
  expect(cut).not.toHaveFinishReason();
});

test("a wrong finish reason fails with its event", () => {
  expect(failureOf(() => expect(joke).toHaveFinishReason("length"))).toMatchInlineSnapshot(`
    "expected the finish reason "length", but it is "stop"

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        4    593.1 ms   +160.0  chat.completion.chunk  text " dark"
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
      > 6    612.0 ms     +1.6  chat.completion.chunk  finish stop
        7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
        8    613.2 ms     +0.2  [DONE]                 end marker"
  `);
  expect(failureOf(() => expect(joke).not.toHaveFinishReason("stop")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected a finish reason other than "stop", but it is "stop""`,
  );
  expect(failureOf(() => expect(joke).not.toHaveFinishReason()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected no finish reason, but it is "stop""`,
  );
  expect(failureOf(() => expect(cut).toHaveFinishReason()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected a finish reason, but there is none: the stream ended reset"`,
  );
});

test("a stream that was cut has no finish reason", () => {
  expect(cut).not.toHaveFinishReason("length");
  expect(failureOf(() => expect(cut).toHaveFinishReason("length"))).toMatchInlineSnapshot(`
    "expected the finish reason "length", but there is none: the stream ended reset

    openai chat gpt-5-mini · 4 events in 4 chunks · 25 characters · reset · first token 412.3 ms, p50 10.4 ms, longest gap 102.1 ms, in all 433.1 ms
        …
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
      > 3    433.1 ms     +0.0  chat.completion.chunk  text " prefer""
  `);
  expect(() => expect(unreadable).not.toHaveFinishReason()).toThrow("no provider profile can decode");
});

test("usage is compared by those counts that are named", () => {
  expect(joke).toHaveUsage();
  expect(joke).toHaveUsage({ outputTokens: 9 });
  expect(joke).toHaveUsage({ inputTokens: 12, totalTokens: expect.any(Number) });
  expect(joke).toHaveUsage({ raw: { prompt_tokens: 12 } });
  expect(joke).not.toHaveUsage({ outputTokens: 10 });
  expect(cut).not.toHaveUsage();
});

test("wrong usage fails with its event and a diff", () => {
  const expected = { inputTokens: 12, outputTokens: 10, raw: { total_tokens: 21 } };
  expect(failureOf(() => expect(joke).toHaveUsage(expected))).toMatchInlineSnapshot(`
    "expected usage { inputTokens: 12, outputTokens: 10, raw: { total_tokens: 21 } }, but it is { inputTokens: 12, outputTokens: 9, totalTokens: 21 }

    openai chat gpt-5-mini · 9 events in 9 chunks · 36 characters · 9 output tokens · stop · first token 412.3 ms, p50 19.1 ms, longest gap 160 ms, 40.4 tokens/s, in all 613.2 ms
        …
        5    610.4 ms    +17.3  chat.completion.chunk  text " mode?"
        6    612.0 ms     +1.6  chat.completion.chunk  finish stop
      > 7    613.0 ms     +1.0  chat.completion.chunk  usage 12 in, 9 out
        8    613.2 ms     +0.2  [DONE]                 end marker"
  `);
  expect(
    failureOf(() => expect(joke).not.toHaveUsage({ outputTokens: 9 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected usage other than { outputTokens: 9 }, but it is { inputTokens: 12, outputTokens: 9, totalTokens: 21 }"`,
  );
  expect(failureOf(() => expect(joke).not.toHaveUsage()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected no usage, but it is { inputTokens: 12, outputTokens: 9, totalTokens: 21 }"`,
  );
  expect(failureOf(() => expect(cut).toHaveUsage()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected usage, but the provider sent no usage"`,
  );
});

test("counts that the provider did not send are unknown, with not as well", () => {
  expect(failureOf(() => expect(cut).toHaveUsage({ outputTokens: 9 }))).toMatchInlineSnapshot(`
    "expected usage { outputTokens: 9 }, but this cannot be checked: the provider sent no usage

    openai chat gpt-5-mini · 4 events in 4 chunks · 25 characters · reset · first token 412.3 ms, p50 10.4 ms, longest gap 102.1 ms, in all 433.1 ms
        0    310.2 ms           chat.completion.chunk  (no content)
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
        3    433.1 ms     +0.0  chat.completion.chunk  text " prefer""
  `);
  expect(() => expect(cut).not.toHaveUsage({ outputTokens: 9 })).toThrow("sent no usage");
  expect(
    failureOf(() => expect(joke).not.toHaveUsage({ reasoningTokens: 9 })).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected usage other than { reasoningTokens: 9 }, but this cannot be checked: the provider sent no reasoningTokens, only { inputTokens: 12, outputTokens: 9, totalTokens: 21 }"`,
  );
});

test("an error inside the stream is found by its message or its fields", () => {
  expect(overloaded).toHaveStreamError();
  expect(overloaded).toHaveStreamError("Overloaded");
  expect(overloaded).toHaveStreamError(/right now$/);
  expect(overloaded).toHaveStreamError(expect.stringContaining("Over"));
  expect(overloaded).toHaveStreamError({ type: "overloaded_error", message: /Over/ });
  expect(overloaded).toHaveStreamError({});
  expect(overloaded).toHaveStreamError(expect.objectContaining({ type: "overloaded_error" }));
  expect(overloaded).not.toHaveStreamError(expect.objectContaining({ type: "api_error" }));
  expect(overloaded).not.toHaveStreamError({ type: "api_error" });
  expect(overloaded).not.toHaveStreamError({ code: "529" });
  expect(joke).not.toHaveStreamError();
});

test("a wrong error fails with the actual error, or says that there is none", () => {
  expect(failureOf(() => expect(overloaded).toHaveStreamError({ type: "api_error" }))).toMatchInlineSnapshot(`
    "expected an error matching { type: "api_error" }, but it is { type: "overloaded_error", message: "Overloaded right now" }

    anthropic messages claude-9 · 4 events in 4 chunks · error: Overloaded right now · first token 320 ms, longest gap 30 ms, in all 350 ms
        …
        1    301.0 ms     +1.0  content_block_start  {"type":"content_block_start","index":0,"content_block"…
        2    320.0 ms    +19.0  content_block_delta  reasoning "Look it"
      > 3    350.0 ms    +30.0  error                error overloaded_error: Overloaded right now"
  `);
  expect(failureOf(() => expect(overloaded).toHaveStreamError("quota")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected an error matching "quota", but it is { type: "overloaded_error", message: "Overloaded right now" }"`,
  );
  expect(
    failureOf(() =>
      expect(overloaded).toHaveStreamError(expect.objectContaining({ type: "api_error" })),
    ).split("\n")[0],
  ).toMatchInlineSnapshot(
    `"expected an error matching ObjectContaining({ type: "api_error" }), but it is { type: "overloaded_error", message: "Overloaded right now" }"`,
  );
  expect(failureOf(() => expect(joke).toHaveStreamError({})).split("\n")[0]).toMatchInlineSnapshot(
    `"expected an error, but there is none"`,
  );
  expect(failureOf(() => expect(overloaded).not.toHaveStreamError()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected no error, but it is { type: "overloaded_error", message: "Overloaded right now" }"`,
  );
  expect(
    failureOf(() => expect(streamOf([says("No."), DONE])).toHaveStreamError(/quota/)),
  ).toMatchInlineSnapshot(`
    "expected an error matching /quota/, but there is none

    openai chat gpt-5-mini · 2 events in 2 chunks · 3 characters · no timing
        0  chat.completion.chunk  text "No."
        1  [DONE]                 end marker"
  `);
});

test("errors cannot be checked if no decoder reads the stream", () => {
  expect(() => expect(unreadable).toHaveStreamError()).toThrow("no provider profile can decode");
  expect(() => expect(unreadable).not.toHaveStreamError()).toThrow("no provider profile can decode");
});

test("how the bytes ended is compared", () => {
  expect(joke).toHaveEnded("complete");
  expect(cut).toHaveEnded("reset");
  expect(joke).not.toHaveEnded("truncated");
  expect(empty).toHaveEnded("truncated");
  expect(failureOf(() => expect(cut).toHaveEnded("complete"))).toMatchInlineSnapshot(`
    "expected the stream to end complete, but it ended reset, without its end marker

    openai chat gpt-5-mini · 4 events in 4 chunks · 25 characters · reset · first token 412.3 ms, p50 10.4 ms, longest gap 102.1 ms, in all 433.1 ms
        …
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
      > 3    433.1 ms     +0.0  chat.completion.chunk  text " prefer""
  `);
  expect(failureOf(() => expect(joke).not.toHaveEnded("complete")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the stream not to end complete, but it ended complete, with its end marker"`,
  );
  expect(failureOf(() => expect(gemini).toHaveEnded("aborted")).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the stream to end aborted, but it ended complete"`,
  );
});

test("the provider's end marker is found", () => {
  expect(joke).toHaveTerminated();
  expect(weather).toHaveTerminated();
  expect(cut).not.toHaveTerminated();
  expect(failureOf(() => expect(cut).toHaveTerminated())).toMatchInlineSnapshot(`
    "expected the provider's end marker, but the stream ended reset without it

    openai chat gpt-5-mini · 4 events in 4 chunks · 25 characters · reset · first token 412.3 ms, p50 10.4 ms, longest gap 102.1 ms, in all 433.1 ms
        …
        1    412.3 ms   +102.1  chat.completion.chunk  text "Why do"
        2    433.1 ms    +20.8  chat.completion.chunk  text " programmers"
      > 3    433.1 ms     +0.0  chat.completion.chunk  text " prefer""
  `);
  expect(failureOf(() => expect(joke).not.toHaveTerminated()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected no end marker of the provider, but it arrived in event 8"`,
  );
});

test("the end marker cannot be checked if the API has none", () => {
  expect(failureOf(() => expect(gemini).toHaveTerminated()).split("\n")[0]).toMatchInlineSnapshot(
    `"expected the provider's end marker, but this cannot be checked: gcp.gemini generateContent has no end marker of its own"`,
  );
  expect(() => expect(gemini).not.toHaveTerminated()).toThrow("no end marker of its own");
  const whole = streamOf(['{"object":"chat.completion","choices":[{"message":{"content":"Hi"}}]}'], {
    contentType: "application/json",
  });
  expect(() => expect(whole).toHaveTerminated()).toThrow("a JSON response has no end marker of its own");
  expect(() => expect(unreadable).not.toHaveTerminated()).toThrow("no provider profile can decode");
});

test("invalid arguments throw", () => {
  const messages = [
    failureOf(() => expect(joke).toHaveFinishReason(5 as never)),
    failureOf(() => expect(joke).toHaveUsage({ tokens: 5 } as object)),
    failureOf(() => expect(joke).toHaveUsage(5 as never)),
    failureOf(() => expect(joke).toHaveStreamError({ status: 5 } as object)),
    failureOf(() => expect(joke).toHaveUsage([] as never)),
    failureOf(() => expect(joke).toHaveUsage(/9/ as never)),
    failureOf(() => expect(joke).toHaveStreamError(5 as never)),
    failureOf(() => expect(joke).not.toHaveStreamError([] as never)),
    failureOf(() => expect(joke).not.toHaveStreamError({ code: 503 } as never)),
    failureOf(() => expect(joke).toHaveEnded("done" as never)),
  ];
  expect(messages.join("\n")).toMatchInlineSnapshot(`
    "Failed to check toHaveFinishReason: expected the finish reason to be a string, a regular expression or an asymmetric matcher, got 5.
    Failed to check toHaveUsage: unknown count \`tokens\`. Valid counts: inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens, raw.
    Failed to check toHaveUsage: expected an object with inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens, raw, got 5.
    Failed to check toHaveStreamError: unknown field \`status\`. Valid fields: type, code, message.
    Failed to check toHaveUsage: expected an object with inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens, raw, got [].
    Failed to check toHaveUsage: expected an object with inputTokens, outputTokens, totalTokens, reasoningTokens, cachedInputTokens, raw, got /9/.
    Failed to check toHaveStreamError: expected an object with type, code, message, got 5.
    Failed to check toHaveStreamError: expected an object with type, code, message, got [].
    Failed to check toHaveStreamError: expected \`code\` to be a string, a regular expression or an asymmetric matcher, got 503.
    Failed to check toHaveEnded: expected complete, aborted, reset or truncated, got "done"."
  `);
});
