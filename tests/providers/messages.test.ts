import { expect, test } from "vitest";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { encodeText } from "../../src/streams/text.ts";
import { decode, sse } from "./sse.ts";

const URL_ = "https://api.anthropic.com/v1/messages";

function events(...payloads: readonly { readonly type: string; readonly [name: string]: unknown }[]): string {
  return sse(...payloads.map((payload) => [payload.type, payload] as const));
}

const start = (usage: object = { input_tokens: 10, output_tokens: 1, cache_read_input_tokens: 4 }) => ({
  type: "message_start",
  message: { type: "message", model: "claude", content: [], usage },
});
const block = (index: number, content_block: object) => ({
  type: "content_block_start",
  index,
  content_block,
});
const delta = (index: number, part: object) => ({ type: "content_block_delta", index, delta: part });
const stop = (index: number) => ({ type: "content_block_stop", index });
const end = [
  { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 20 } },
  { type: "message_stop" },
] as const;

test("a message may have its content at its start, with nothing to follow", () => {
  const message = {
    type: "message",
    model: "claude",
    content: [
      { type: "code_execution_tool_result", tool_use_id: "s", content: { stdout: "no" } },
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "t", name: "f", input: { a: 1 } },
    ],
    stop_reason: "tool_use",
    usage: { input_tokens: 10, output_tokens: 3 },
  };
  expect(decode(events({ type: "message_start", message }, { type: "message_stop" }), URL_)).toMatchObject({
    text: "Hi",
    toolCalls: [{ id: "t", name: "f", input: { a: 1 } }],
    finishReason: "tool_use",
    terminated: true,
    usage: { inputTokens: 10, outputTokens: 3 },
  });
});

test("tokens counted before the answer give no rate", () => {
  const texts = [start({ input_tokens: 10, output_tokens: 4 }), block(0, { type: "text", text: "" })];
  const pieces = ["a", "b", "c"].map((text) => delta(0, { type: "text_delta", text }));
  const traced = (...payloads: readonly { readonly type: string }[]) =>
    decodeStream({
      url: URL_,
      chunks: payloads.map((payload, i) => ({ at: i * 100, bytes: encodeText(events(payload)) })),
    });
  const cut = traced(...texts, ...pieces);
  expect(cut.usage?.outputTokens).toBe(4);
  expect(cut.timing.tokensPerSecond).toBeUndefined();
  expect(cut.timing.noTokenRate).toBe("the provider sent no final usage");
  expect(traced(...texts, ...pieces, ...end).timing.tokensPerSecond).toBe(95);
});

test("every kind of delta goes to its own field", () => {
  const trace = decode(
    events(
      start(),
      block(0, { type: "thinking", thinking: "" }),
      delta(0, { type: "thinking_delta", thinking: "hm" }),
      delta(0, { type: "signature_delta", signature: "s" }),
      stop(0),
      block(1, { type: "redacted_thinking", data: "x" }),
      stop(1),
      { type: "ping" },
      block(2, { type: "text", text: "" }),
      delta(2, { type: "text_delta", text: "Hel" }),
      delta(2, { type: "citations_delta", citation: { cited_text: "c" } }),
      delta(2, { type: "text_delta", text: "lo" }),
      stop(2),
      block(3, { type: "compaction" }),
      delta(3, { type: "compaction_delta", content: "summary" }),
      ...end,
    ),
    URL_,
  );
  expect(trace).toMatchObject({
    model: "claude",
    text: "Hello",
    reasoning: "hm",
    finishReason: "end_turn",
    terminated: true,
    usage: { inputTokens: 10, outputTokens: 20, cachedInputTokens: 4, totalTokens: undefined },
  });
  expect(trace.usage?.raw).toEqual({ input_tokens: 10, output_tokens: 20, cache_read_input_tokens: 4 });
  expect(trace.events.filter(({ hasContent }) => hasContent)).toHaveLength(3);
});

test("tools of the client, the server and MCP are tool calls; results are not", () => {
  const trace = decode(
    events(
      start(),
      block(0, { type: "tool_use", id: "t1", name: "a", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: "" }),
      delta(0, { type: "input_json_delta", partial_json: '{"x":' }),
      delta(0, { type: "input_json_delta", partial_json: "1}" }),
      stop(0),
      block(1, { type: "server_tool_use", id: "t2", name: "web_search", input: {} }),
      delta(1, { type: "input_json_delta", partial_json: "" }),
      stop(1),
      block(2, {
        type: "web_search_tool_result",
        tool_use_id: "t2",
        content: [{ type: "text", text: "no" }],
      }),
      stop(2),
      block(3, { type: "mcp_tool_use", id: "t3", name: "m", server_name: "s", input: { whole: true } }),
      stop(3),
      ...end,
    ),
    URL_,
  );
  expect(trace.toolCalls).toEqual([
    { id: "t1", name: "a", arguments: '{"x":1}', input: { x: 1 } },
    { id: "t2", name: "web_search", arguments: "", input: {} },
    { id: "t3", name: "m", arguments: '{"whole":true}', input: { whole: true } },
  ]);
  expect(trace.text).toBe("");
});

test("arguments that the token limit cut are text and no value", () => {
  const trace = decode(
    events(
      start(),
      block(0, { type: "tool_use", id: "t", name: "a", input: {} }),
      delta(0, { type: "input_json_delta", partial_json: '{"x":' }),
      stop(0),
      { type: "message_delta", delta: { stop_reason: "max_tokens" }, usage: { output_tokens: 9 } },
      { type: "message_stop" },
    ),
    URL_,
  );
  expect(trace.toolCalls).toMatchObject([{ arguments: '{"x":', input: undefined }]);
});

test("a stream that a gateway started over has the calls of both and the usage of the second", () => {
  const tool = (id: string) => [
    block(0, { type: "tool_use", id, name: "a", input: {} }),
    delta(0, { type: "input_json_delta", partial_json: "{}" }),
  ];
  const trace = decode(
    events(
      start({ input_tokens: 1, output_tokens: 1, only: 1 }),
      ...tool("t1"),
      start({ input_tokens: 2, output_tokens: 1 }),
      ...tool("t2"),
      ...end,
    ),
    URL_,
  );
  expect(trace.toolCalls.map(({ id, arguments: args }) => [id, args])).toEqual([
    ["t1", "{}"],
    ["t2", "{}"],
  ]);
  expect(trace.usage?.raw).toEqual({ input_tokens: 2, output_tokens: 20 });
});

test("later usage wins, also of the input, and a null says nothing", () => {
  const trace = decode(
    events(start(), {
      type: "message_delta",
      delta: {},
      usage: { input_tokens: 30, output_tokens: 2, cache_read_input_tokens: null },
    }),
    URL_,
  );
  expect(trace.usage?.raw).toEqual({ input_tokens: 30, output_tokens: 2, cache_read_input_tokens: 4 });
});

test("an error event ends the stream without its marker", () => {
  const trace = decode(
    events(start(), { type: "error", error: { type: "overloaded_error", message: "Overloaded" } }),
    URL_,
  );
  expect(trace).toMatchObject({
    error: { type: "overloaded_error", message: "Overloaded" },
    terminated: false,
    end: "complete",
  });
});

test("a stream without its last event is cut", () => {
  expect(decode(events(start(), block(0, { type: "text", text: "" })), URL_).end).toBe("truncated");
});

test("a message that was not streamed is one event", () => {
  const message = {
    type: "message",
    role: "assistant",
    model: "claude",
    content: [
      { type: "thinking", thinking: "hm" },
      { type: "text", text: "Hi" },
      { type: "tool_use", id: "t", name: "a", input: { x: 1 } },
    ],
    stop_reason: "tool_use",
    usage: { input_tokens: 1, output_tokens: 2 },
  };
  for (const url of [URL_, undefined]) {
    expect(decode(JSON.stringify(message), url)).toMatchObject({
      provider: "anthropic",
      text: "Hi",
      reasoning: "hm",
      toolCalls: [{ id: "t", name: "a", input: { x: 1 } }],
      finishReason: "tool_use",
      end: "complete",
    });
  }
});

test("the failed response of an overload is an error", () => {
  const body = JSON.stringify({
    type: "error",
    error: { type: "overloaded_error", message: "Overloaded" },
    request_id: "r",
  });
  expect(decode(body, URL_, "application/json", 529)).toMatchObject({
    provider: "anthropic",
    api: "messages",
    error: { type: "overloaded_error", message: "Overloaded" },
  });
});

test("legacy completions end with a stop reason", () => {
  const piece = (completion: string, stop_reason: string | null) =>
    ["completion", { type: "completion", completion, stop_reason, model: "claude-2" }] as const;
  const text = sse(
    piece("a", null),
    ["ping", { type: "ping" }],
    piece("b", null),
    piece("", "stop_sequence"),
  );
  for (const url of ["https://api.anthropic.com/v1/complete", undefined]) {
    expect(decode(text, url)).toMatchObject({ text: "ab", finishReason: "stop_sequence", terminated: true });
  }
});
