import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

const URL_ = "https://api.openai.com/v1/responses";
const USAGE = {
  input_tokens: 5,
  output_tokens: 7,
  total_tokens: 12,
  input_tokens_details: { cached_tokens: 1 },
  output_tokens_details: { reasoning_tokens: 3 },
};

/** Events as OpenAI sends them: the type is the event's name as well. */
function events(...payloads: readonly { readonly type: string; readonly [name: string]: unknown }[]): string {
  return sse(...payloads.map((payload, i) => [payload.type, { sequence_number: i, ...payload }] as const));
}

const completed = { type: "response.completed", response: { status: "completed", usage: USAGE } };

test("the last event can have the response's fields itself", () => {
  const trace = decode(
    sse(
      { type: "response.output_text.delta", delta: "Hi" },
      {
        type: "response.completed",
        object: "response",
        status: "completed",
        model: "sonar",
        usage: USAGE,
        output: [{ type: "message", content: [{ type: "output_text", text: "Hi" }] }],
        error: null,
      },
    ),
    "https://api.perplexity.ai/v1/responses",
  );
  expect(trace).toMatchObject({
    text: "Hi",
    model: "sonar",
    finishReason: "completed",
    terminated: true,
    usage: { outputTokens: 7 },
    error: undefined,
  });
});

test("text is counted by its deltas, however often it is repeated", () => {
  const trace = decode(
    events(
      { type: "response.created", response: { model: "gpt-5", status: "in_progress" } },
      {
        type: "response.output_text.delta",
        output_index: 0,
        content_index: 0,
        delta: "Hel",
        obfuscation: "x",
      },
      { type: "response.output_text.delta", output_index: 0, content_index: 0, delta: "lo" },
      { type: "response.output_text.done", output_index: 0, text: "Hello" },
      { type: "response.content_part.done", output_index: 0, part: { type: "output_text", text: "Hello" } },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: { type: "message", content: [{ type: "output_text", text: "Hello" }] },
      },
      {
        type: "response.completed",
        response: {
          status: "completed",
          model: "gpt-5",
          usage: USAGE,
          output: [{ type: "message", content: [{ text: "Hello" }] }],
        },
      },
    ),
    URL_,
  );
  expect(trace).toMatchObject({
    model: "gpt-5",
    text: "Hello",
    finishReason: "completed",
    terminated: true,
    usage: { inputTokens: 5, outputTokens: 7, totalTokens: 12, reasoningTokens: 3, cachedInputTokens: 1 },
  });
  expect(trace.events.map(({ sequence }) => sequence)).toEqual([0, 1, 2, 3, 4, 5, 6]);
});

test("summaries and raw thinking are reasoning, refusals are refusals", () => {
  const trace = decode(
    events(
      { type: "response.reasoning_summary_text.delta", delta: "a" },
      { type: "response.reasoning_text.delta", delta: "b" },
      { type: "response.reasoning_summary_text.done", text: "a" },
      { type: "response.refusal.delta", delta: "no" },
      completed,
    ),
    URL_,
  );
  expect(trace).toMatchObject({ reasoning: "ab", refusal: "no", text: "" });
});

test("function, custom and MCP calls are tool calls; the provider's own tools are not", () => {
  const trace = decode(
    events(
      { type: "response.created", response: {} },
      {
        type: "response.output_item.added",
        output_index: 0,
        item: { type: "function_call", id: "fc_1", call_id: "call_1", name: "f", arguments: "" },
      },
      { type: "response.function_call_arguments.delta", output_index: 0, item_id: "changes", delta: '{"a":' },
      { type: "response.function_call_arguments.delta", output_index: 0, item_id: "each time", delta: "1}" },
      { type: "response.function_call_arguments.done", output_index: 0, arguments: '{"a":1}' },
      {
        type: "response.output_item.done",
        output_index: 0,
        item: { type: "function_call", call_id: "call_1", name: "f", arguments: '{"a":1}' },
      },
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { type: "custom_tool_call", call_id: "call_2", name: "grep", input: "" },
      },
      { type: "response.custom_tool_call_input.delta", output_index: 1, delta: "free text" },
      {
        type: "response.output_item.added",
        output_index: 2,
        item: { type: "mcp_call", id: "mcp_1", name: "m", server_label: "s", arguments: "" },
      },
      { type: "response.mcp_call_arguments.done", output_index: 2, arguments: '{"q":2}' },
      {
        type: "response.output_item.added",
        output_index: 3,
        item: { type: "code_interpreter_call", id: "ci" },
      },
      { type: "response.code_interpreter_call_code.delta", output_index: 3, delta: "print(1)" },
      { type: "response.shell_call_command.delta", output_index: 4, delta: "ls" },
      completed,
    ),
    URL_,
  );
  expect(trace.toolCalls).toEqual([
    { id: "call_1", name: "f", arguments: '{"a":1}', input: { a: 1 } },
    { id: "call_2", name: "grep", arguments: "free text", input: undefined },
    { id: "mcp_1", name: "m", arguments: '{"q":2}', input: { q: 2 } },
  ]);
});

test("a patch is a tool call, streamed or whole", () => {
  const diff = '@@\n-"a"\n+\\u00e9 é 😀\n';
  const operation = { type: "update_file", path: 'src/"a".ts', diff };
  const item = { type: "apply_patch_call", id: "apc_1", call_id: "call_1" };
  const start = {
    type: "response.output_item.added",
    output_index: 0,
    item: { ...item, status: "in_progress", operation: { ...operation, diff: "" } },
  };
  const deltas = [...diff].map((delta) => ({
    type: "response.apply_patch_call_operation_diff.delta",
    output_index: 0,
    item_id: "changes",
    delta,
  }));
  const whole = { type: "response.apply_patch_call_operation_diff.done", output_index: 0, diff };
  const end = {
    type: "response.output_item.done",
    output_index: 0,
    item: { ...item, status: "completed", operation },
  };
  const call = { id: "call_1", name: "apply_patch", arguments: JSON.stringify(operation), input: operation };
  expect(decode(events(start, ...deltas, whole, end, completed), URL_).toolCalls).toEqual([call]);
  expect(decode(events(end, completed), URL_).toolCalls).toEqual([call]);
  const response = { object: "response", output: [end.item], status: "completed" };
  expect(decode(JSON.stringify(response), URL_, "application/json").toolCalls).toEqual([call]);

  const deletion = { type: "delete_file", path: "b.ts" };
  const deletes = { ...item, operation: deletion };
  const added = { type: "response.output_item.added", output_index: 1, item: deletes };
  const done = { type: "response.output_item.done", output_index: 1, item: deletes };
  expect(decode(events(added, done, completed), URL_).toolCalls).toMatchObject([
    { name: "apply_patch", input: deletion },
  ]);
});

test("a call that is only sent whole has its arguments", () => {
  const item = { type: "function_call", call_id: "c", name: "f", arguments: '{"a":1}' };
  expect(
    decode(events({ type: "response.output_item.done", output_index: 0, item }, completed), URL_).toolCalls,
  ).toMatchObject([{ id: "c", name: "f", input: { a: 1 } }]);
});

test("a call that is complete in its first event has its arguments, once", () => {
  const item = { type: "function_call", call_id: "c", name: "f", arguments: '{"a":1}', status: "completed" };
  const added = { type: "response.output_item.added", output_index: 0, item };
  const calls = [{ id: "c", name: "f", arguments: '{"a":1}' }];
  const results = { type: "response.output_item.done", output_index: 0, item: { type: "search_results" } };
  expect(decode(events(added, results, completed), URL_).toolCalls).toMatchObject(calls);
  const delta = { type: "response.function_call_arguments.delta", output_index: 0, delta: '{"a":1}' };
  const done = { type: "response.output_item.done", output_index: 0, item };
  expect(decode(events(added, delta, done, completed), URL_).toolCalls).toMatchObject(calls);
});

test("several responses in one stream each count their items from zero", () => {
  const one = (id: string) => [
    { type: "response.created", response: {} },
    {
      type: "response.output_item.added",
      output_index: 0,
      item: { type: "function_call", call_id: id, name: "f" },
    },
    { type: "response.function_call_arguments.delta", output_index: 0, delta: "{}" },
    completed,
  ];
  expect(
    decode(events(...one("a"), ...one("b")), URL_).toolCalls.map(({ id, arguments: args }) => [id, args]),
  ).toEqual([
    ["a", "{}"],
    ["b", "{}"],
  ]);
});

test.each([
  ["nested", { type: "error", error: { type: "tokens", code: "rate_limit_exceeded", message: "no" } }],
  ["flat", { type: "error", code: "rate_limit_exceeded", message: "no", param: null }],
])("an error event, %s, and the failed response after it are one error", (_, error) => {
  const failed = {
    type: "response.failed",
    response: { status: "failed", error: { code: "later", message: "later" } },
  };
  expect(decode(events(error, failed), URL_)).toMatchObject({
    error: { code: "rate_limit_exceeded", message: "no" },
    finishReason: "failed",
    terminated: true,
  });
});

test("an incomplete response says so and is not cut", () => {
  const response = {
    status: "incomplete",
    incomplete_details: { reason: "max_output_tokens" },
    usage: USAGE,
  };
  expect(decode(events({ type: "response.incomplete", response }), URL_)).toMatchObject({
    finishReason: "incomplete",
    end: "complete",
  });
});

test("a stream without its last event is cut", () => {
  const trace = decode(events({ type: "response.output_text.delta", delta: "a" }), URL_);
  expect(trace).toMatchObject({ terminated: false, end: "truncated", usage: undefined });
});

test("a response that was not streamed is one event", () => {
  const response = {
    object: "response",
    model: "gpt-5",
    status: "completed",
    usage: USAGE,
    output: [
      { type: "reasoning", summary: [{ type: "summary_text", text: "think" }] },
      {
        type: "message",
        content: [
          { type: "output_text", text: "Hi" },
          { type: "refusal", refusal: "no" },
        ],
      },
      { type: "function_call", call_id: "c", name: "f", arguments: "{}" },
    ],
  };
  expect(decode(JSON.stringify(response), URL_)).toMatchObject({
    text: "Hi",
    reasoning: "think",
    refusal: "no",
    toolCalls: [{ id: "c", name: "f", arguments: "{}" }],
    finishReason: "completed",
  });
});
