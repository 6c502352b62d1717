import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

function typed(...payloads: readonly { readonly type: string; readonly [name: string]: unknown }[]): string {
  return sse(...payloads.map((payload) => [payload.type, payload] as const));
}

test("Cohere: text, thinking, plans, calls and citations", () => {
  const usage = {
    billed_units: { input_tokens: 1, output_tokens: 2 },
    tokens: { input_tokens: 10, output_tokens: 20 },
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
      usage: { inputTokens: 10, outputTokens: 20, cachedInputTokens: 3, raw: usage },
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

const OLLAMA = "http://localhost:11434/api/chat";

function lines(...payloads: readonly object[]): string {
  return payloads.map((payload) => `${JSON.stringify(payload)}\n`).join("");
}

test("Ollama: thinking, text, whole calls without ids, and counts in the last line", () => {
  const text = lines(
    { model: "q", message: { role: "assistant", content: "", thinking: "hm" }, done: false },
    { model: "q", message: { content: "Hi \\u003c" }, done: false },
    {
      model: "q",
      message: { content: "", tool_calls: [{ function: { name: "f", arguments: { a: 1 } } }] },
      done: false,
    },
    {
      model: "q",
      message: { content: "", tool_calls: [{ id: "c", function: { name: "f", arguments: {} } }] },
      done: false,
    },
    {
      model: "q",
      message: { content: "" },
      done: true,
      done_reason: "stop",
      prompt_eval_count: 3,
      eval_count: 4,
      total_duration: 5,
    },
  );
  for (const url of [OLLAMA, undefined]) {
    expect(decode(text, url)).toMatchObject({
      provider: "ollama",
      framing: "ndjson",
      model: "q",
      text: "Hi \\u003c",
      reasoning: "hm",
      toolCalls: [
        { name: "f", arguments: '{"a":1}', input: { a: 1 } },
        { id: "c", name: "f", input: {} },
      ],
      finishReason: "stop",
      terminated: true,
      usage: { inputTokens: 3, outputTokens: 4, raw: { prompt_eval_count: 3, eval_count: 4 } },
    });
  }
});

test("Ollama: generate, an error line, a cut, and a last line without its line end", () => {
  expect(
    decode(
      lines({ model: "q", response: "a", done: false }, { response: "b", thinking: "t", done: true }),
      "http://localhost:11434/api/generate",
    ),
  ).toMatchObject({ text: "ab", reasoning: "t", terminated: true, usage: undefined });
  expect(decode(lines({ message: { content: "a" }, done: false }, { error: "no" }), OLLAMA)).toMatchObject({
    error: { message: "no" },
    terminated: false,
    end: "complete",
  });
  expect(decode(lines({ message: { content: "a" }, done: false }), OLLAMA)).toMatchObject({
    end: "truncated",
  });
  expect(
    decode('{"message":{"content":"a"},"done":false}\n{"message":{"content":"b"},"done":true}', OLLAMA),
  ).toMatchObject({ text: "ab", terminated: true });
});

test("MCP: notifications, then the answer with its text", () => {
  const notification = { jsonrpc: "2.0", method: "notifications/progress", params: { progress: 1 } };
  const result = {
    jsonrpc: "2.0",
    id: 1,
    result: {
      content: [
        { type: "text", text: "a" },
        { type: "image", data: "x" },
        { type: "text", text: "b" },
      ],
    },
  };
  const text = `: ping\r\n\r\n${sse(["message", notification], ["message", result]).replaceAll("\n", "\r\n")}`;
  for (const url of ["https://mcp.example.com/mcp", undefined]) {
    const trace = decode(text, url);
    expect(trace).toMatchObject({ provider: "mcp", text: "ab", terminated: true, finishReason: undefined });
    expect(trace.events.map(({ type }) => type)).toEqual(["notifications/progress", "result"]);
  }
});

test("MCP: an answer as JSON, errors of the protocol and of a tool, and a stream that ends without an answer", () => {
  const url = "https://mcp.example.com/mcp";
  expect(
    decode('{"jsonrpc":"2.0","id":1,"result":{"content":[{"type":"text","text":"a"}]}}', url),
  ).toMatchObject({ text: "a", end: "complete" });
  expect(
    decode(sse({ jsonrpc: "2.0", id: 1, error: { code: -32601, message: "no such method" } }), url),
  ).toMatchObject({ error: { code: "-32601", message: "no such method" }, terminated: true });
  expect(
    decode(
      sse({ jsonrpc: "2.0", id: 1, result: { isError: true, content: [{ type: "text", text: "failed" }] } }),
      url,
    ),
  ).toMatchObject({ error: { message: "failed" } });
  expect(decode(sse({ jsonrpc: "2.0", method: "notifications/message" }), url)).toMatchObject({
    terminated: false,
    end: "truncated",
  });
});

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
  expect(decode(sse({ type: "start" }, { type: "text-delta", delta: "a" }, { type: "abort" }))).toMatchObject(
    { end: "truncated" },
  );
});

test("OpenAI Assistants: messages, calls, and the run's status and usage", () => {
  const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
  const text = sse(
    ["thread.run.created", { object: "thread.run", status: "queued", model: "gpt" }],
    [
      "thread.run.step.delta",
      {
        id: "s",
        object: "thread.run.step.delta",
        delta: {
          step_details: {
            tool_calls: [{ index: 0, id: "c", type: "function", function: { name: "f", arguments: "" } }],
          },
        },
      },
    ],
    [
      "thread.run.step.delta",
      {
        id: "s",
        object: "thread.run.step.delta",
        delta: {
          step_details: { tool_calls: [{ index: 0, type: "function", function: { arguments: "{}" } }] },
        },
      },
    ],
    [
      "thread.message.delta",
      {
        object: "thread.message.delta",
        delta: { content: [{ index: 0, type: "text", text: { value: "Hi" } }] },
      },
    ],
    [
      "thread.run.step.completed",
      { object: "thread.run.step", status: "completed", usage: { ...usage, total_tokens: 1 } },
    ],
    ["thread.run.requires_action", { object: "thread.run", status: "requires_action", usage }],
    ["done", "[DONE]"],
  );
  for (const url of ["https://api.openai.com/v1/threads/t/runs", undefined]) {
    expect(decode(text, url)).toMatchObject({
      api: "assistants",
      model: "gpt",
      text: "Hi",
      toolCalls: [{ id: "c", name: "f", arguments: "{}" }],
      finishReason: "requires_action",
      terminated: true,
      usage: { raw: usage },
    });
  }
});

test("OpenAI transcriptions, as a stream and whole", () => {
  const url = "https://api.openai.com/v1/audio/transcriptions";
  const usage = { type: "tokens", input_tokens: 1, output_tokens: 2, total_tokens: 3 };
  const text = sse(
    { type: "transcript.text.delta", delta: "a" },
    { type: "transcript.text.delta", delta: "b" },
    { type: "transcript.text.done", text: "ab", usage },
  );
  expect(decode(text, url)).toMatchObject({
    text: "ab",
    finishReason: "done",
    terminated: true,
    usage: { outputTokens: 2 },
  });
  expect(decode(JSON.stringify({ text: "ab", usage }), url)).toMatchObject({ text: "ab", end: "complete" });
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

test.each<[string, string, object]>([
  ["OpenAI", '{"error":{"message":"no","type":"t","code":"c"}}', { type: "t", code: "c", message: "no" }],
  ["xAI", '{"code":"c","error":"no"}', { code: "c", message: "no" }],
  ["watsonx", '{"errors":[{"code":"c","message":"no"}],"status_code":400}', { code: "c", message: "no" }],
  ["AWS", '{"__type":"t","message":"no"}', { type: "t", message: "no" }],
  ["FastAPI", '{"detail":"no"}', { message: "no" }],
  ["Replicate", '{"title":"T","detail":"no","status":401}', { message: "no" }],
  ["no JSON at all", "Bad gateway", { message: "Bad gateway" }],
])("the body of a failed response in the shape of %s", (_, body, error) => {
  expect(decode(body, "https://api.x.ai/v1/chat/completions", "text/plain", 500)).toMatchObject({
    provider: "x_ai",
    api: "chat",
    error,
  });
});

test("a stream of nobody known has its framing and events", () => {
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
