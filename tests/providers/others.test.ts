import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

function typed(...payloads: readonly { readonly type: string; readonly [name: string]: unknown }[]): string {
  return sse(...payloads.map((payload) => [payload.type, payload] as const));
}

test("the AI SDK's UI message stream", () => {
  const text = sse(
    { type: "start", messageId: "m" },
    { type: "reasoning-delta", id: "r", delta: "hm" },
    { type: "text-start", id: "t" },
    { type: "text-delta", id: "t", delta: "Hi" },
    { type: "tool-input-start", toolCallId: "c1", toolName: "f" },
    { type: "tool-input-delta", toolCallId: "c1", inputTextDelta: '{"a":1}' },
    { type: "tool-input-available", toolCallId: "c1", toolName: "f", input: { a: 1 } },
    { type: "tool-input-available", toolCallId: "c2", toolName: "g", input: { b: 2 } },
    { type: "tool-output-available", toolCallId: "c1", output: {} },
    { type: "data-weather", data: {} },
    { type: "finish", finishReason: "tool-calls" },
    "[DONE]",
  );
  expect(decode(text)).toMatchObject({
    provider: "ai-sdk-ui",
    text: "Hi",
    reasoning: "hm",
    toolCalls: [
      { id: "c1", name: "f", input: { a: 1 } },
      { id: "c2", name: "g", input: { b: 2 } },
    ],
    finishReason: "tool-calls",
    terminated: true,
  });
  expect(decode(sse({ type: "start" }, { type: "error", errorText: "no" }, "[DONE]"))).toMatchObject({
    error: { message: "no" },
    terminated: true,
  });
  expect(decode(sse({ type: "error", errorText: "no" }, "[DONE]"))).toMatchObject({
    provider: "ai-sdk-ui",
    error: { message: "no" },
    terminated: true,
  });
  expect(decode(sse({ type: "start" }, { type: "text-delta", delta: "a" }, { type: "abort" }))).toMatchObject(
    { end: "truncated" },
  );
});

test("a language model's own stream in the AI SDK's shape, as its gateway sends it", () => {
  const trace = decode(
    sse(
      { type: "stream-start", warnings: [] },
      { type: "response-metadata", id: "r", modelId: "gpt-5-mini" },
      { type: "text-start", id: "t" },
      { type: "text-delta", id: "t", delta: "Hi" },
      { type: "tool-input-start", id: "c", toolName: "f" },
      { type: "tool-input-delta", id: "c", delta: '{"a":1}' },
      { type: "tool-input-end", id: "c" },
      { type: "tool-call", toolCallId: "c", toolName: "f", input: '{"a":1}' },
      {
        type: "finish",
        finishReason: { unified: "tool-calls", raw: "tool_calls" },
        usage: { inputTokens: { total: 3 }, outputTokens: { total: 4, reasoning: 1 } },
      },
    ),
  );
  expect(trace).toMatchObject({
    model: "gpt-5-mini",
    text: "Hi",
    toolCalls: [{ id: "c", name: "f", arguments: '{"a":1}' }],
    finishReason: "tool_calls",
    usage: { inputTokens: 3, outputTokens: 4, reasoningTokens: 1 },
    end: "complete",
  });
});

test("watsonx: counts are spread over the events, and there is no end marker", () => {
  const event = (
    generated_text: string,
    generated_token_count: number,
    input_token_count: number,
    stop_reason: string,
  ) =>
    [
      "message",
      { model_id: "g", results: [{ generated_text, generated_token_count, input_token_count, stop_reason }] },
    ] as const;
  const text = sse(
    event("", 0, 8, "not_finished"),
    event("a", 1, 0, "not_finished"),
    event("b", 2, 0, "max_tokens"),
  );
  for (const url of ["https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream", undefined]) {
    expect(decode(text, url)).toMatchObject({
      provider: "ibm.watsonx.ai",
      model: "g",
      text: "ab",
      finishReason: "max_tokens",
      terminated: undefined,
      usage: { inputTokens: 8, outputTokens: 2, raw: { input_token_count: 8, generated_token_count: 2 } },
    });
  }
});

test("Replicate: the data is the text", () => {
  const text =
    "event: output\nid: 1:0\ndata: a\n\nevent: output\nid: 1:1\ndata: b\ndata:\ndata: c\n\nevent: done\ndata: {}\n\n";
  expect(decode(text)).toMatchObject({
    provider: "replicate",
    text: "ab\n\nc",
    finishReason: "done",
    terminated: true,
  });
  expect(
    decode(
      'event: output\ndata: a\n\nevent: error\ndata: {"detail":"no"}\n\nevent: done\ndata: {"reason":"error"}\n\n',
    ),
  ).toMatchObject({ error: { message: "no" }, finishReason: "error" });
});

test("Mistral's conversations", () => {
  const text = typed(
    { type: "conversation.response.started", conversation_id: "c" },
    { type: "message.output.delta", content: "a" },
    { type: "message.output.delta", content: { type: "text", text: "b" } },
    { type: "function.call.delta", id: "f1", tool_call_id: "t", name: "f", arguments: '{"a":' },
    { type: "function.call.delta", id: "f1", tool_call_id: "t", name: "f", arguments: "1}" },
    {
      type: "conversation.response.done",
      usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 },
    },
  );
  for (const url of ["https://api.mistral.ai/v1/conversations", undefined]) {
    expect(decode(text, url)).toMatchObject({
      api: "conversations",
      text: "ab",
      toolCalls: [{ id: "t", name: "f", input: { a: 1 } }],
      terminated: true,
      usage: { outputTokens: 2 },
    });
  }
});

test("a stream of an unknown provider has framing and events", () => {
  expect(decode(sse({ hello: 1 }))).toMatchObject({
    provider: undefined,
    api: undefined,
    framing: "sse",
    text: "",
    terminated: undefined,
    end: "complete",
  });
});

test("the shape of the events is believed before the path that was asked", () => {
  const text = sse([
    "content_block_delta",
    { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } },
  ]);
  expect(decode(text, "https://gateway.example.com/v1/chat/completions")).toMatchObject({ text: "a" });
});
