import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

const URL_ = "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent?alt=sse";

function parts(...all: readonly object[]): object {
  return { candidates: [{ content: { role: "model", parts: all } }], modelVersion: "gemini" };
}

test("text, thoughts, signatures and other parts go to their own fields", () => {
  const usageMetadata = {
    promptTokenCount: 9,
    candidatesTokenCount: 5,
    thoughtsTokenCount: 11,
    totalTokenCount: 25,
    cachedContentTokenCount: 3,
  };
  const trace = decode(
    sse(
      parts({ text: "think", thought: true }),
      parts(
        { text: "a" },
        { inlineData: { data: "x" } },
        { executableCode: { code: "1" } },
        { codeExecutionResult: { output: "1" } },
      ),
      parts({ toolCall: { toolType: "FILE_SEARCH" } }, { toolResponse: {} }),
      { candidates: [{ content: { role: "model" } }], usageMetadata: { promptTokenCount: 9 } },
      { candidates: [{ content: { parts: [{}] } }] },
      {
        candidates: [{ content: { parts: [{ text: "", thoughtSignature: "s" }] }, finishReason: "STOP" }],
        usageMetadata,
      },
    ).replaceAll("\n", "\r\n"),
    URL_,
  );
  expect(trace).toMatchObject({
    model: "gemini",
    text: "a",
    reasoning: "think",
    toolCalls: [],
    finishReason: "STOP",
    terminated: undefined,
    end: "complete",
    usage: { inputTokens: 9, outputTokens: 16, totalTokens: 25, reasoningTokens: 11, cachedInputTokens: 3 },
  });
  expect(trace.usage?.raw).toEqual(usageMetadata);
});

test("whole function calls, several in a chunk, with and without ids and arguments", () => {
  const trace = decode(
    sse(
      parts(
        { functionCall: { id: "1", name: "a", args: { x: [1] } }, thoughtSignature: "s" },
        { functionCall: { name: "b" } },
      ),
    ),
    URL_,
  );
  expect(trace.toolCalls).toEqual([
    { id: "1", name: "a", arguments: '{"x":[1]}', input: { x: [1] } },
    { name: "b", arguments: "{}", input: {} },
  ]);
});

test("arguments that are streamed as values at paths are put together", () => {
  const more = (...partialArgs: readonly object[]) =>
    parts({ functionCall: { partialArgs, willContinue: true } });
  const trace = decode(
    sse(
      parts({ functionCall: { name: "a", willContinue: true } }),
      more({ jsonPath: "$.city", stringValue: "Bos", willContinue: true }),
      more({ jsonPath: "$.city", stringValue: "ton" }),
      more(
        { jsonPath: "$.days", numberValue: 0 },
        { jsonPath: "$.exact", boolValue: false },
        { jsonPath: "$.none", nullValue: "NULL_VALUE" },
      ),
      more(
        { jsonPath: "$.deep.list[0].name", stringValue: "x" },
        { jsonPath: "$.deep.list[1].name", stringValue: "y" },
        { jsonPath: "$.deep.list[]" },
      ),
      more({ jsonPath: "$.empty[]" }, { jsonPath: "$['odd key']", stringValue: "z" }),
      parts({ functionCall: {} }),
      parts({ functionCall: { name: "b", willContinue: true } }),
      parts({ functionCall: { partialArgs: [{ jsonPath: "$.last", stringValue: "no closing part" }] } }),
    ),
    URL_,
  );
  expect(trace.toolCalls.map(({ name, input }) => [name, input])).toEqual([
    [
      "a",
      {
        city: "Boston",
        days: 0,
        exact: false,
        none: null,
        deep: { list: [{ name: "x" }, { name: "y" }] },
        empty: [],
        "odd key": "z",
      },
    ],
    ["b", { last: "no closing part" }],
  ]);
  expect(trace.events.map(({ hasContent }) => hasContent)).toEqual([
    false,
    true,
    true,
    true,
    true,
    true,
    false,
    false,
    true,
  ]);
});

test("a call that was closed takes no further arguments", () => {
  const trace = decode(
    sse(
      parts({ functionCall: { name: "a", willContinue: true } }),
      parts({ functionCall: {} }),
      parts({ functionCall: { partialArgs: [{ jsonPath: "$.late", stringValue: "x" }] } }),
    ),
    URL_,
  );
  expect(trace.toolCalls).toEqual([{ name: "a", arguments: "{}", input: {} }]);
});

test("paths that a model makes up neither reach a prototype nor fill memory", () => {
  const trace = decode(
    sse(
      parts({ functionCall: { name: "a", willContinue: true } }),
      parts({
        functionCall: {
          partialArgs: [
            { jsonPath: "$.__proto__.polluted", stringValue: "x" },
            { jsonPath: "$.a[999999999]", numberValue: 1 },
          ],
        },
      }),
    ),
    URL_,
  );
  expect(trace.toolCalls).toMatchObject([{ input: {} }]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
});

test("a blocked prompt finishes with the reason of the block", () => {
  expect(decode(sse({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" } }), URL_)).toMatchObject({
    finishReason: "PROHIBITED_CONTENT",
    text: "",
    error: undefined,
  });
});

test("an array of objects, as it comes without alt=sse", () => {
  const body = `[${JSON.stringify(parts({ text: "a" }), null, 2)}\r\n,\r\n${JSON.stringify(parts({ text: "b" }), null, 2)}\r\n]`;
  expect(decode(body, URL_.replace("?alt=sse", ""), "application/json")).toMatchObject({
    framing: "json-array",
    text: "ab",
    end: "complete",
  });
  expect(decode(body.slice(0, -30), URL_, "application/json")).toMatchObject({ text: "a", end: "truncated" });
});

test("enums as integers are words of the provider too", () => {
  expect(decode(sse({ candidates: [{ finishReason: 1 }] }), URL_).finishReason).toBe("1");
});

test.each<[string, string, number]>([
  [
    "in an event",
    sse(parts({ text: "a" }), { error: { code: 503, message: "no", status: "UNAVAILABLE" } }),
    200,
  ],
  [
    "without data:",
    `${sse(parts({ text: "a" }))}{\n  "error": {\n    "code": 503,\n    "message": "no",\n    "status": "UNAVAILABLE"\n  }\n}\n`,
    200,
  ],
  [
    "as the whole body",
    '{\n  "error": {\n    "code": 503,\n    "message": "no",\n    "status": "UNAVAILABLE"\n  }\n}',
    503,
  ],
  ["in an array", '[{\n "error": {"code": 503, "message": "no", "status": "UNAVAILABLE"}}]', 503],
])("an error %s", (_, body, status) => {
  expect(decode(body, URL_, "text/event-stream", status).error).toEqual({
    type: "UNAVAILABLE",
    code: "503",
    message: "no",
  });
});

test("Claude on Vertex speaks Anthropic's events", () => {
  const url =
    "https://us-east5-aiplatform.googleapis.com/v1/projects/p/locations/l/publishers/anthropic/models/c:streamRawPredict";
  const trace = decode(
    sse([
      "content_block_delta",
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "a" } },
    ]),
    url,
  );
  expect(trace).toMatchObject({ provider: "gcp.vertex_ai", api: "messages", text: "a" });
});

test("interactions: steps of thinking, calls and output", () => {
  const event = (event_type: string, rest: object) => [event_type, { event_type, ...rest }] as const;
  const usage = {
    total_input_tokens: 9,
    total_output_tokens: 13,
    total_thought_tokens: 100,
    total_tokens: 122,
    total_cached_tokens: 0,
  };
  const trace = decode(
    sse(
      event("interaction.created", { interaction: { id: "i", status: "in_progress", model: "gemini" } }),
      event("interaction.status_update", { status: "in_progress" }),
      event("step.start", { index: 0, step: { type: "thought" } }),
      event("step.delta", {
        index: 0,
        delta: { type: "thought_summary", content: { type: "text", text: "hm" } },
      }),
      event("step.delta", { index: 0, delta: { type: "thought_signature", signature: "s" } }),
      event("step.stop", { index: 0 }),
      event("step.start", { index: 1, step: { type: "function_call", id: "c", name: "f", arguments: {} } }),
      event("step.delta", { index: 1, delta: { type: "arguments_delta", arguments: '{"a":' } }),
      event("step.delta", { index: 1, delta: { type: "arguments_delta", arguments: "1}" } }),
      event("step.start", { index: 2, step: { type: "model_output" } }),
      event("step.delta", { index: 2, delta: { type: "text", text: "Hi" } }),
      event("interaction.completed", { interaction: { status: "completed", usage } }),
      ["done", "[DONE]"],
    ),
    "https://generativelanguage.googleapis.com/v1beta/interactions",
  );
  expect(trace).toMatchObject({
    api: "interactions",
    model: "gemini",
    text: "Hi",
    reasoning: "hm",
    toolCalls: [{ id: "c", name: "f", input: { a: 1 } }],
    finishReason: "completed",
    terminated: true,
    usage: { inputTokens: 9, outputTokens: 113, totalTokens: 122, raw: usage },
  });
});

test("interactions: calls of MCP servers are calls, user input is not output, a state can come alone", () => {
  const url = "https://generativelanguage.googleapis.com/v1beta/interactions";
  const event = (event_type: string, rest: object) => [event_type, { event_type, ...rest }] as const;
  const call = { type: "mcp_server_tool_call", name: "roll", server_name: "dice", arguments: { sides: 6 } };
  const trace = decode(
    sse(
      event("step.start", {
        index: 0,
        step: { type: "user_input", content: [{ type: "text", text: "no" }] },
      }),
      event("step.start", { index: 1, step: { ...call, id: "c" } }),
      event("step.delta", { index: 1, delta: call }),
      event("step.start", {
        index: 2,
        step: { type: "mcp_server_tool_result", content: [{ type: "text", text: "no" }] },
      }),
      event("step.start", {
        index: 3,
        step: { type: "model_output", content: [{ type: "text", text: "Hi" }] },
      }),
      event("interaction.status_update", { status: "failed", usage: { total_tokens: 4 } }),
    ),
    url,
  );
  expect(trace).toMatchObject({
    text: "Hi",
    toolCalls: [{ id: "c", name: "roll", arguments: '{"sides":6}' }],
    finishReason: "failed",
    usage: { totalTokens: 4 },
  });
  expect(trace.toolCalls).toHaveLength(1);
});
