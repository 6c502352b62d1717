import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

const OPENAI = "https://api.openai.com/v1/chat/completions";

function chunk(delta: object, rest: object = {}): object {
  return {
    id: "c",
    object: "chat.completion.chunk",
    model: "m",
    choices: [{ index: 0, delta, finish_reason: null }],
    ...rest,
  };
}

function finish(reason: string, rest: object = {}): object {
  return chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: reason }], ...rest });
}

test("text, usage, finish and the end marker of a plain answer", () => {
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 5,
    total_tokens: 14,
    prompt_tokens_details: { cached_tokens: 4 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  const trace = decode(
    sse(
      chunk({ role: "assistant", content: "" }, { usage: null }),
      chunk({ content: "Hel" }, { obfuscation: "xx" }),
      chunk({ content: "lo" }),
      finish("stop"),
      chunk({}, { choices: [], usage }),
      "[DONE]",
    ),
    OPENAI,
  );
  expect(trace).toMatchObject({
    provider: "openai",
    api: "chat",
    model: "m",
    text: "Hello",
    finishReason: "stop",
    terminated: true,
    end: "complete",
    usage: {
      inputTokens: 9,
      outputTokens: 5,
      totalTokens: 14,
      reasoningTokens: 2,
      cachedInputTokens: 4,
      raw: usage,
    },
  });
  expect(trace.events.map(({ accumulated }) => accumulated)).toEqual([0, 3, 5, 5, 5, 5]);
});

test.each<[string, object[][], object[]]>([
  [
    "whole calls",
    [[{ function: { name: "f", arguments: '{"a":1}' } }, { function: { name: "g", arguments: "{}" } }]],
    [
      { name: "f", input: { a: 1 } },
      { name: "g", input: {} },
    ],
  ],
  [
    "pieces behind an id",
    [
      [{ id: "c", function: { name: "f", arguments: "" } }],
      [{ function: { arguments: '{"a":' } }],
      [{ function: { arguments: "1}" } }],
      [{ id: "d", function: { name: "g", arguments: "{" } }],
      [{ function: { arguments: "}" } }],
    ],
    [
      { id: "c", name: "f", input: { a: 1 } },
      { id: "d", name: "g", input: {} },
    ],
  ],
  [
    "numbers only behind the names",
    [
      [
        { id: "c", function: { name: "f", arguments: '{"a":' } },
        { id: "d", function: { name: "g", arguments: '{"b":' } },
      ],
      [
        { index: 1, function: { arguments: "2}" } },
        { index: 0, function: { arguments: "1}" } },
      ],
    ],
    [
      { id: "c", name: "f", input: { a: 1 } },
      { id: "d", name: "g", input: { b: 2 } },
    ],
  ],
])("tool calls without numbers: %s", (_, deltas, calls) => {
  const trace = decode(
    sse(...deltas.map((tool_calls) => chunk({ tool_calls })), finish("tool_calls")),
    OPENAI,
  );
  expect(trace.toolCalls).toHaveLength(calls.length);
  expect(trace.toolCalls).toMatchObject(calls);
});

test("a choice that says stop_reason is finished too", () => {
  const choices = [{ index: 0, text: "a", stop_reason: "length" }];
  expect(decode(sse({ choices }), OPENAI)).toMatchObject({ text: "a", finishReason: "length" });
  const both = [{ index: 0, delta: {}, finish_reason: "stop", stop_reason: 128001 }];
  expect(decode(sse({ choices: both }), OPENAI).finishReason).toBe("stop");
});

test("tool calls come in pieces by index, of several at once and of several choices", () => {
  const call = (index: number, fn: object, id?: string) => ({
    index,
    ...(id ? { id, type: "function" } : {}),
    function: fn,
  });
  const trace = decode(
    sse(
      chunk({ tool_calls: [call(0, { name: "a", arguments: "" }, "call_1")] }),
      chunk({
        tool_calls: [call(0, { arguments: '{"x"' }), call(1, { name: "b", arguments: "{}" }, "call_2")],
      }),
      chunk({ tool_calls: [call(0, { arguments: ":1}" })] }),
      chunk(
        {},
        { choices: [{ index: 1, delta: { tool_calls: [call(0, { name: "c", arguments: "" }, "call_3")] } }] },
      ),
      finish("tool_calls"),
    ),
    OPENAI,
  );
  expect(trace.toolCalls).toEqual([
    { id: "call_1", name: "a", arguments: '{"x":1}', input: { x: 1 } },
    { id: "call_2", name: "b", arguments: "{}", input: {} },
    { id: "call_3", name: "c", arguments: "", input: {} },
  ]);
});

test("a new id under a used index is another call", () => {
  const whole = (id: string) => ({
    tool_calls: [{ index: 0, id, function: { name: "f", arguments: `{"id":"${id}"}` } }],
  });
  expect(
    decode(sse(chunk(whole("a")), chunk(whole("b")), finish("tool_calls")), OPENAI).toolCalls,
  ).toMatchObject([
    { id: "a", input: { id: "a" } },
    { id: "b", input: { id: "b" } },
  ]);
});

test("calls without an index are distinguished by their ids", () => {
  const calls = ["a", "b"].map((id) => ({ id, type: "function", function: { name: id, arguments: "{}" } }));
  expect(decode(sse(chunk({ tool_calls: calls })), OPENAI).toolCalls.map(({ id }) => id)).toEqual(["a", "b"]);
});

test("an id that is repeated with every piece is one call", () => {
  const piece = (args: string) =>
    chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: args } }] });
  expect(decode(sse(piece('{"x":'), piece("1}")), OPENAI).toolCalls).toMatchObject([
    { id: "a", input: { x: 1 } },
  ]);
});

test("arguments that a cut left unfinished are text and no value", () => {
  const trace = decode(
    sse(chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: '{"x":' } }] })),
    OPENAI,
  );
  expect(trace.toolCalls).toEqual([{ id: "a", name: "f", arguments: '{"x":', input: undefined }]);
  expect(trace).toMatchObject({ end: "truncated", terminated: false, finishReason: undefined });
});

test("arguments that had not begun when the stream was cut are no empty object", () => {
  const trace = decode(
    sse(chunk({ tool_calls: [{ index: 0, id: "a", function: { name: "f", arguments: "" } }] })),
    OPENAI,
  );
  expect(trace.toolCalls[0]?.input).toBeUndefined();
});

test("the old function_call is a tool call", () => {
  const trace = decode(
    sse(
      chunk({ function_call: { name: "f", arguments: "" } }),
      chunk({ function_call: { arguments: '{"a":1}' } }),
      finish("function_call"),
    ),
    OPENAI,
  );
  expect(trace.toolCalls).toEqual([{ name: "f", arguments: '{"a":1}', input: { a: 1 } }]);
});

test("refusals are not text", () => {
  expect(decode(sse(chunk({ refusal: "I can" }), chunk({ refusal: "not" })), OPENAI)).toMatchObject({
    refusal: "I cannot",
    text: "",
  });
});

test("thinking under any name is reasoning, and counts once if it is sent twice", () => {
  const trace = decode(
    sse(
      chunk({ reasoning_content: "a", content: null }),
      chunk({ reasoning: "b", reasoning_details: [{ type: "reasoning.text", text: "b" }] }),
      chunk({ reasoning_content: "c", reasoning: "c" }),
      chunk({
        content: [
          { type: "thinking", thinking: [{ type: "text", text: "d" }] },
          { type: "text", text: "T" },
        ],
      }),
      chunk({ content: [{ type: "reasoning", summary: [{ type: "summary_text", text: "e" }] }] }),
    ),
    "https://openrouter.ai/api/v1/chat/completions",
  );
  expect(trace).toMatchObject({ provider: "openrouter", reasoning: "abcde", text: "T" });
});

test("a message that is repeated beside each delta is not counted", () => {
  const both = (text: string, so_far: string) => ({
    object: "chat.completion.chunk",
    choices: [{ index: 0, delta: { content: text }, message: { role: "assistant", content: so_far }, text }],
  });
  const last = {
    object: "chat.completion.done",
    choices: [{ index: 0, message: { role: "assistant", content: "ab" }, finish_reason: "stop" }],
  };
  const trace = decode(
    sse(both("a", "a"), both("b", "ab"), last),
    "https://api.perplexity.ai/chat/completions",
  );
  expect(trace).toMatchObject({ text: "ab", finishReason: "stop", terminated: undefined, end: "complete" });
});

test("xAI's thinking counts as output although its completion tokens leave it out", () => {
  const usage = {
    prompt_tokens: 12,
    completion_tokens: 1,
    total_tokens: 303,
    completion_tokens_details: { reasoning_tokens: 290 },
  };
  expect(decode(sse(chunk({ content: "a" }), chunk({}, { choices: [], usage })), OPENAI).usage).toMatchObject(
    {
      outputTokens: 291,
      reasoningTokens: 290,
    },
  );
});

test("Groq's usage is found under its own name", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  expect(
    decode(sse(chunk({ content: "a" }), finish("stop", { x_groq: { id: "r", usage } })), OPENAI).usage?.raw,
  ).toEqual(usage);
});

test("an answer that was not streamed may have an empty delta beside its message", () => {
  const choices = [0, 1].map((index) => ({
    index,
    delta: { role: "assistant", content: "" },
    message: { role: "assistant", content: "Hi" },
    finish_reason: "stop",
  }));
  const body = JSON.stringify({ object: "chat.completion", choices });
  expect(decode(body, "https://api.perplexity.ai/chat/completions")).toMatchObject({
    text: "HiHi",
    finishReason: "stop",
  });
});

test("usage inside of a choice, and usage that is repeated, are found: the last counts", () => {
  const usage = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };
  const trace = decode(
    sse(chunk({ content: "a" }, { usage: { ...usage, completion_tokens: 1 } }), {
      choices: [{ index: 0, delta: {}, finish_reason: "stop", usage }],
    }),
    "https://api.moonshot.ai/v1/chat/completions",
  );
  expect(trace).toMatchObject({ provider: "moonshotai", usage: { raw: usage }, finishReason: "stop" });
});

test("Azure's chunks without a choice and annotations of its filter carry nothing", () => {
  const trace = decode(
    sse(
      { id: "", object: "", model: "", choices: [], prompt_filter_results: [] },
      chunk({ content: "a" }),
      {
        choices: [{ index: 0, finish_reason: null, content_filter_offsets: {}, content_filter_results: {} }],
      },
      finish("content_filter"),
      "[DONE]",
    ),
    "https://x.openai.azure.com/openai/deployments/d/chat/completions",
  );
  expect(trace).toMatchObject({ model: "m", text: "a", finishReason: "content_filter" });
  expect(trace.events.filter(({ hasContent }) => hasContent)).toHaveLength(1);
});

test("a stream without [DONE] is cut if the provider always sends it, and complete if many servers do not", () => {
  expect(decode(sse(chunk({ content: "a" }), finish("stop")), OPENAI)).toMatchObject({
    terminated: false,
    whole: false,
    end: "truncated",
  });
  const trace = decode(
    sse(chunk({ content: "a" }), finish("stop")),
    "http://gpustack/v1-openai/chat/completions",
  );
  expect(trace).toMatchObject({ terminated: false, whole: true, end: "complete" });
});

test("an answer that was not streamed is one event", () => {
  const body = {
    object: "chat.completion",
    model: "m",
    choices: [
      {
        index: 0,
        message: { content: "Hi", tool_calls: [{ id: "a", function: { name: "f", arguments: "{}" } }] },
        finish_reason: "stop",
      },
    ],
    usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
  };
  expect(decode(JSON.stringify(body), OPENAI, "application/json")).toMatchObject({
    framing: "json",
    text: "Hi",
    toolCalls: [{ id: "a", name: "f" }],
    finishReason: "stop",
    terminated: undefined,
    end: "complete",
    usage: { outputTokens: 2 },
  });
});

test("legacy completions have their text in the choice", () => {
  const piece = (text: string) => ({
    object: "text_completion",
    choices: [{ index: 0, text, finish_reason: null }],
  });
  expect(decode(sse(piece("a"), piece("b"), "[DONE]"))).toMatchObject({ api: "completions", text: "ab" });
});

test("comments and pings carry no content", () => {
  const trace = decode(
    `: OPENROUTER PROCESSING\n\n:\n\n${sse(chunk({ content: "a" }))}: keep-alive\n\n`,
    OPENAI,
  );
  expect(trace.comments).toHaveLength(3);
  expect(trace.events).toHaveLength(1);
});

test("a last event that lacks only its blank line counts", () => {
  const text = sse(chunk({ content: "a" }), finish("stop"), "[DONE]").replace(/\n+$/, "");
  expect(decode(text, OPENAI)).toMatchObject({
    terminated: true,
    finishReason: "stop",
    rest: undefined,
    end: "complete",
  });
});

test("a last event that is cut does not count and is kept as the rest", () => {
  const trace = decode(`${sse(chunk({ content: "a" }))}data: {"choices":[{"del`, OPENAI);
  expect(trace).toMatchObject({ text: "a", rest: '{"choices":[{"del', end: "truncated" });
  expect(trace.events).toHaveLength(1);
});
