import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

function typed(...payloads: readonly { readonly type: string; readonly [name: string]: unknown }[]): string {
  return sse(...payloads.map((payload) => [payload.type, payload] as const));
}

test("Cohere: text, thinking, plans, calls and citations", () => {
  const usage = {
    billed_units: { input_tokens: 1, output_tokens: 2 },
    tokens: { input_tokens: 10, output_tokens: 20, reasoning_tokens: 5 },
    cached_tokens: 3,
  };
  const text =
    typed(
      { type: "message-start", id: "m", delta: { message: { role: "assistant" } } },
      { type: "tool-plan-delta", delta: { message: { tool_plan: "plan" } } },
      {
        type: "tool-call-start",
        index: 0,
        delta: {
          message: { tool_calls: { id: "c", type: "function", function: { name: "f", arguments: "" } } },
        },
      },
      {
        type: "tool-call-delta",
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: '{"a":1}' } } } },
      },
      { type: "tool-call-end", index: 0 },
      {
        type: "content-start",
        index: 0,
        delta: { message: { content: { type: "thinking", thinking: "" } } },
      },
      { type: "content-delta", index: 0, delta: { message: { content: { thinking: " hm" } } } },
      { type: "content-delta", index: 1, delta: { message: { content: { text: "Hi" } } } },
      { type: "citation-start", index: 0, delta: { message: { citations: { text: "Hi" } } } },
      { type: "message-end", delta: { finish_reason: "COMPLETE", usage } },
    ) + sse("[DONE]");
  for (const url of ["https://api.cohere.com/v2/chat", undefined]) {
    expect(decode(text, url)).toMatchObject({
      provider: "cohere",
      api: "chat",
      text: "Hi",
      reasoning: "plan hm",
      toolCalls: [{ id: "c", name: "f", input: { a: 1 } }],
      finishReason: "COMPLETE",
      terminated: true,
      usage: { inputTokens: 10, outputTokens: 20, reasoningTokens: 5, cachedInputTokens: 3, raw: usage },
    });
  }
});

test("Cohere: an error in the last event, whole answers, failed ones, and the first version's lines", () => {
  const url = "https://api.cohere.com/v2/chat";
  expect(
    decode(typed({ type: "message-end", delta: { finish_reason: "ERROR", error: "no" } }), url),
  ).toMatchObject({ error: { message: "no" }, finishReason: "ERROR" });
  const whole = {
    id: "m",
    message: {
      role: "assistant",
      content: [{ type: "text", text: "Hi" }],
      tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }],
    },
    finish_reason: "COMPLETE",
  };
  expect(decode(JSON.stringify(whole), url)).toMatchObject({
    text: "Hi",
    toolCalls: [{ id: "c" }],
    finishReason: "COMPLETE",
  });
  expect(decode('{"id":"x","message":"invalid"}', url, "application/json", 400).error).toEqual({
    message: "invalid",
  });
  const lines =
    '{"event_type":"stream-start"}\n{"event_type":"text-generation","text":"Hi"}\n{"event_type":"stream-end","finish_reason":"COMPLETE","response":{"meta":{"tokens":{"input_tokens":1,"output_tokens":2}}}}\n';
  for (const v1 of ["https://api.cohere.com/v1/chat", undefined]) {
    expect(decode(lines, v1)).toMatchObject({
      api: "chat.v1",
      text: "Hi",
      terminated: true,
      usage: { outputTokens: 2 },
    });
  }
});
