import { describe, expect, test } from "vitest";
import { EventBus } from "../../src/events/bus.ts";
import type { LlmCallEvent, LlmResultEvent, ToolCallEvent, ToolResultEvent } from "../../src/events/event.ts";
import { capturesContent } from "../../src/events/otel/captures-content.ts";
import { errorTypeOf, serverOf } from "../../src/events/otel/describe-http.ts";
import { describeModelCall, describeModelResult } from "../../src/events/otel/describe-model-call.ts";
import { describeTool, toolErrorOf } from "../../src/events/otel/describe-work.ts";
import { inputMessages, outputMessages, systemInstructions } from "../../src/events/otel/messages.ts";

const BASE = { v: 1, session: "s", seq: 1, time: 0, id: "1" } as const;
const call = (fields: Partial<LlmCallEvent>): LlmCallEvent => ({ ...BASE, type: "llm_call", ...fields });
const result = (fields: Partial<LlmResultEvent>): LlmResultEvent => ({
  ...BASE,
  type: "llm_result",
  replayed: true,
  timing: {},
  chunks: 0,
  bytes: 0,
  ...fields,
});

const text = (content: string) => ({ type: "text", content });
const toolCall = { type: "tool_call", id: "t1", name: "weather", arguments: { city: "Lyon" } };
const EXPECTED = [
  { role: "user", parts: [text("How is Lyon?")] },
  { role: "assistant", parts: [text("I look."), toolCall] },
];

describe("messages of a request", () => {
  test.each([
    {
      api: "OpenAI chat",
      request: {
        messages: [
          { role: "user", content: "How is Lyon?" },
          {
            role: "assistant",
            content: [{ type: "text", text: "I look." }],
            tool_calls: [
              { id: "t1", type: "function", function: { name: "weather", arguments: '{"city":"Lyon"}' } },
            ],
          },
          { role: "tool", tool_call_id: "t1", content: "20" },
        ],
      },
      answer: { role: "tool", parts: [{ type: "tool_call_response", id: "t1", response: "20" }] },
    },
    {
      api: "Anthropic",
      request: {
        system: [{ type: "text", text: "Be brief." }],
        messages: [
          { role: "user", content: [{ type: "text", text: "How is Lyon?" }] },
          {
            role: "assistant",
            content: [
              { type: "text", text: "I look." },
              { type: "tool_use", id: "t1", name: "weather", input: { city: "Lyon" } },
            ],
          },
          { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "20" }] },
        ],
      },
      answer: { role: "user", parts: [{ type: "tool_call_response", id: "t1", response: "20" }] },
    },
    {
      api: "Gemini",
      request: {
        systemInstruction: { parts: [{ text: "Be brief." }] },
        contents: [
          { role: "user", parts: [{ text: "How is Lyon?" }] },
          {
            role: "model",
            parts: [
              { text: "I look." },
              { functionCall: { id: "t1", name: "weather", args: { city: "Lyon" } } },
            ],
          },
          { role: "user", parts: [{ functionResponse: { id: "t1", name: "weather", response: "20" } }] },
        ],
      },
      answer: { role: "user", parts: [{ type: "tool_call_response", id: "t1", response: "20" }] },
    },
    {
      api: "Bedrock",
      request: {
        system: [{ text: "Be brief." }],
        messages: [
          { role: "user", content: [{ text: "How is Lyon?" }] },
          {
            role: "assistant",
            content: [
              { text: "I look." },
              { toolUse: { toolUseId: "t1", name: "weather", input: { city: "Lyon" } } },
            ],
          },
          { role: "user", content: [{ toolResult: { toolUseId: "t1", content: "20" } }] },
        ],
      },
      answer: { role: "user", parts: [{ type: "tool_call_response", id: "t1", response: "20" }] },
    },
  ])("of $api are in the form of the conventions", ({ request, answer }) => {
    expect(inputMessages(call({ request }))).toEqual([...EXPECTED, answer]);
    const system = systemInstructions(call({ request }));
    if ("system" in request || "systemInstruction" in request) expect(system).toEqual([text("Be brief.")]);
    else expect(system).toBeUndefined();
  });

  test("of OpenAI's responses are items, some without a role", () => {
    const request = {
      instructions: "Be brief.",
      input: [
        { role: "user", content: [{ type: "input_text", text: "How is Lyon?" }] },
        { type: "function_call", call_id: "t1", id: "fc_1", name: "weather", arguments: '{"city":"Lyon"}' },
        { type: "function_call_output", call_id: "t1", output: "20" },
      ],
    };
    expect(inputMessages(call({ request }))).toEqual([
      EXPECTED[0],
      { role: "assistant", parts: [toolCall] },
      { role: "tool", parts: [{ type: "tool_call_response", id: "t1", response: "20" }] },
    ]);
    expect(systemInstructions(call({ request }))).toEqual([text("Be brief.")]);
  });

  test("fall back to what was asked last, if the request is too large or a text", () => {
    const large = { summary: '{"messages":[', length: 100_000 };
    expect(inputMessages(call({ request: large, prompt: "How is Lyon?" }))).toEqual([EXPECTED[0]]);
    expect(inputMessages(call({ request: { input: "How is Lyon?" }, prompt: "How is Lyon?" }))).toEqual([
      EXPECTED[0],
    ]);
    expect(inputMessages(call({}))).toBeUndefined();
  });

  test("have no content of files", () => {
    const request = {
      messages: [{ role: "user", content: [{ type: "image_url", image_url: { url: "data:AAAA" } }] }],
    };
    expect(inputMessages(call({ request }))).toEqual([{ role: "user", parts: [{ type: "image_url" }] }]);
  });
});

test("an answer is one message, with the provider's word for its end", () => {
  const answered = result({
    reasoning: "Hm.",
    text: "I look.",
    toolCalls: [{ id: "t1", name: "weather", input: { city: "Lyon" } }],
    finishReason: "tool_calls",
  });
  expect(outputMessages(answered)).toEqual([
    {
      role: "assistant",
      parts: [{ type: "reasoning", content: "Hm." }, text("I look."), toolCall],
      finish_reason: "tool_calls",
    },
  ]);
  expect(outputMessages(result({}))).toBeUndefined();
});

test.each([
  ["openai", "responses", "chat m"],
  ["anthropic", "messages", "chat m"],
  ["aws.bedrock", "converse", "chat m"],
  ["gcp.gemini", "generateContent", "generate_content m"],
  ["openai", "embeddings", "embeddings m"],
  ["openai", "completions", "text_completion m"],
])("a request to %s %s is called %s", (provider, api, name) => {
  expect(describeModelCall(call({ method: "POST", provider, api, model: "m" })).name).toBe(name);
});

test("cached tokens are a part of the input, also if the provider counts them apart", () => {
  const usage = { inputTokens: 10, outputTokens: 5, cachedInputTokens: 100, cacheWriteTokens: 20 };
  const tokens = (api: string) =>
    describeModelResult(call({ api }), result({ usage }))["gen_ai.usage.input_tokens"];
  expect(tokens("messages")).toBe(130);
  expect(tokens("chat")).toBe(10);
});

test("only streams have a first chunk", () => {
  const answered = result({ timing: { firstChunk: 412 } });
  const of = (stream: boolean) =>
    describeModelResult(call({ stream }), answered)["gen_ai.response.time_to_first_chunk"];
  expect([of(true), of(false)]).toEqual([0.412, undefined]);
});

test("MCP messages are spans by the conventions of MCP", () => {
  const message = (name: string, input: unknown): ToolCallEvent => ({
    ...BASE,
    type: "tool_call",
    kind: "mcp",
    name,
    input,
  });
  expect(describeTool(message("tools/call", { name: "weather" }))).toEqual({
    name: "tools/call weather",
    attributes: {
      "mcp.method.name": "tools/call",
      "gen_ai.operation.name": "execute_tool",
      "gen_ai.tool.name": "weather",
    },
    isClient: true,
  });
  expect(describeTool(message("resources/read", { uri: "file:///a" }))).toMatchObject({
    name: "resources/read",
    attributes: { "mcp.resource.uri": "file:///a" },
  });
  const ended = (fields: Partial<ToolResultEvent>): string | undefined =>
    toolErrorOf(message("tools/call", {}), {
      ...BASE,
      type: "tool_result",
      name: "tools/call",
      replayed: true,
      ...fields,
    });
  expect(ended({ error: { message: "-32602 Invalid params" } })).toBe("-32602");
  expect(ended({ output: { isError: true, content: [] } })).toBe("tool_error");
  expect(ended({ output: { content: [] } })).toBeUndefined();
});

test("errors have a class", () => {
  expect(errorTypeOf(result({ status: 429, error: { type: "requests", code: "rate_limit_exceeded" } }))).toBe(
    "rate_limit_exceeded",
  );
  expect(errorTypeOf(result({ status: 500 }))).toBe("500");
  expect(errorTypeOf(result({ status: 200, end: "reset" }))).toBe("reset");
  expect(errorTypeOf(result({ status: 200, end: "complete" }))).toBeUndefined();
});

test("an output of a session gets the events that it takes, and those that nobody takes are not read", () => {
  const bus = new EventBus("s", new Set(), () => ({ test: "s" }));
  const got: string[] = [];
  bus.attach({ takes: (type) => type !== "chunk", write: ({ type }) => void got.push(type) });
  bus.start();
  bus.emit("chunk", () => ({ id: "1", index: 0, bytes: 1 }));
  bus.emit("log", () => ({ message: "hi" }));
  expect([bus.reads("chunk"), bus.reads("log")]).toEqual([false, true]);
  bus.end(false);
  expect(got).toEqual(["session_start", "log", "session_end"]);
  bus.emit("log", () => ({ message: "late" }));
  expect(got).toHaveLength(3);
});

test("a server has its default port", () => {
  expect(serverOf("https://api.openai.com/v1")).toEqual({
    "server.address": "api.openai.com",
    "server.port": 443,
  });
  expect(serverOf("http://localhost:1234/")).toEqual({ "server.address": "localhost", "server.port": 1234 });
});

test.each([
  [undefined, false],
  ["", false],
  ["false", false],
  ["NO_CONTENT", false],
  ["EVENT_ONLY", false],
  ["true", true],
  ["SPAN_ONLY", true],
  ["span_and_event", true],
])("with the variable %j, content is captured: %s", (value, expected) => {
  expect(capturesContent({ OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT: value })).toBe(expected);
});
