import { expect, test } from "vitest";
import { encodeEventStreamMessage } from "../../src/streams/event-stream-message.ts";
import { encodeText } from "../../src/streams/text.ts";
import { decode } from "./sse.ts";

const HOST = "https://bedrock-runtime.us-east-1.amazonaws.com/model/m%3A0";

function message(event: string, payload: object, type = "event"): Uint8Array {
  const kind = type === "exception" ? ":exception-type" : ":event-type";
  const headers = { [kind]: event, ":content-type": "application/json", ":message-type": type };
  return encodeEventStreamMessage(headers, encodeText(JSON.stringify({ ...payload, p: "abc" })));
}

function chunk(native: object): Uint8Array {
  return message("chunk", { bytes: Buffer.from(JSON.stringify(native)).toString("base64") });
}

function converse(...messages: readonly Uint8Array[]) {
  return decode(Buffer.concat(messages), `${HOST}/converse-stream`, "application/vnd.amazon.eventstream");
}

function invoke(...natives: readonly object[]) {
  return decode(Buffer.concat(natives.map(chunk)), `${HOST}/invoke-with-response-stream`);
}

const delta = (contentBlockIndex: number, part: object) =>
  message("contentBlockDelta", { contentBlockIndex, delta: part });

test("Converse: text, thinking, tools, and the metadata that comes after the last message", () => {
  const usage = { inputTokens: 5, outputTokens: 6, totalTokens: 11, cacheReadInputTokens: 2 };
  const trace = converse(
    message("messageStart", { role: "assistant" }),
    delta(0, { reasoningContent: { text: "hm" } }),
    delta(0, { reasoningContent: { signature: "s" } }),
    delta(0, { reasoningContent: { redactedContent: "AA==" } }),
    delta(1, { text: "Hi" }),
    delta(1, { citation: { title: "c" } }),
    message("contentBlockStop", { contentBlockIndex: 1 }),
    message("contentBlockStart", { contentBlockIndex: 2, start: { toolUse: { toolUseId: "t", name: "f" } } }),
    delta(2, { toolUse: { input: '{"a":' } }),
    delta(2, { toolUse: { input: "1}" } }),
    delta(3, { toolResult: [{ text: "no" }] }),
    message("messageStop", { stopReason: "tool_use" }),
    message("metadata", { usage, metrics: { latencyMs: 1 } }),
  );
  expect(trace).toMatchObject({
    provider: "aws.bedrock",
    api: "converse",
    framing: "aws-eventstream",
    text: "Hi",
    reasoning: "hm",
    toolCalls: [{ id: "t", name: "f", input: { a: 1 } }],
    finishReason: "tool_use",
    terminated: true,
    usage: { inputTokens: 5, outputTokens: 6, totalTokens: 11, cachedInputTokens: 2, raw: usage },
  });
  expect(trace.events[0]?.type).toBe("messageStart");
});

test("an exception in the stream is its error", () => {
  const failed = message("throttlingException", { message: "slow down" }, "exception");
  expect(converse(delta(0, { text: "a" }), failed)).toMatchObject({
    text: "a",
    error: { type: "throttlingException", message: "slow down" },
    terminated: false,
  });
});

test("a frame with a wrong checksum is an error, and the stream is cut there", () => {
  const bad = delta(0, { text: "b" });
  bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
  expect(converse(delta(0, { text: "a" }), bad, delta(0, { text: "c" }))).toMatchObject({
    text: "a",
    error: { type: "framing", code: "bad_crc" },
    end: "truncated",
  });
});

test("a cut in the middle of a frame is a cut", () => {
  const bytes = Buffer.concat([delta(0, { text: "a" }), delta(0, { text: "b" }).subarray(0, 20)]);
  const trace = decode(bytes, `${HOST}/converse-stream`);
  expect(trace).toMatchObject({ text: "a", end: "truncated", error: undefined });
});

test("Invoke with Claude speaks Anthropic's events", () => {
  const trace = invoke(
    { type: "message_start", message: { model: "claude", usage: { input_tokens: 1, output_tokens: 1 } } },
    {
      type: "content_block_start",
      index: 0,
      content_block: { type: "tool_use", id: "t", name: "f", input: {} },
    },
    { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "{}" } },
    { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
    { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
    { type: "message_stop", "amazon-bedrock-invocationMetrics": { inputTokenCount: 1, outputTokenCount: 2 } },
  );
  expect(trace).toMatchObject({
    api: "invoke",
    model: "claude",
    text: "Hi",
    toolCalls: [{ id: "t", name: "f" }],
    finishReason: "end_turn",
    terminated: true,
    usage: { inputTokens: 1, outputTokens: 2 },
  });
});

test("Invoke with Nova speaks Converse's events", () => {
  expect(
    invoke(
      { messageStart: { role: "assistant" } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { text: "Hi" } } },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 } } },
    ),
  ).toMatchObject({ text: "Hi", finishReason: "end_turn", terminated: true, usage: { outputTokens: 2 } });
});

const metrics = { "amazon-bedrock-invocationMetrics": { inputTokenCount: 3, outputTokenCount: 4 } };

test.each<[string, object[], string]>([
  [
    "Titan",
    [
      { outputText: "a", index: 0 },
      { outputText: "b", completionReason: "FINISH", ...metrics },
    ],
    "FINISH",
  ],
  [
    "Llama",
    [
      { generation: "a", stop_reason: null },
      { generation: "b", stop_reason: "stop", ...metrics },
    ],
    "stop",
  ],
  [
    "Mistral",
    [
      { outputs: [{ text: "a", stop_reason: null }] },
      { outputs: [{ text: "b", stop_reason: "stop" }], ...metrics },
    ],
    "stop",
  ],
  [
    "Cohere Command",
    [
      { text: "a", is_finished: false },
      { text: "b", is_finished: false },
      { is_finished: true, finish_reason: "COMPLETE", ...metrics },
    ],
    "COMPLETE",
  ],
  [
    "Claude 2",
    [
      { completion: "a", stop_reason: null },
      { completion: "b", stop_reason: "stop_sequence", ...metrics },
    ],
    "stop_sequence",
  ],
  [
    "Mistral's chat",
    [
      { choices: [{ message: { content: "a" }, stop_reason: null }] },
      { choices: [{ message: { content: "b" }, stop_reason: "stop" }], ...metrics },
    ],
    "stop",
  ],
  [
    "OpenAI's open models",
    [
      { choices: [{ delta: { content: "a" } }] },
      { choices: [{ delta: { content: "b" }, finish_reason: "stop" }], ...metrics },
    ],
    "stop",
  ],
])("Invoke with %s", (_, natives, finish) => {
  expect(invoke(...natives)).toMatchObject({
    text: "ab",
    finishReason: finish,
    terminated: undefined,
    end: "complete",
    usage: { inputTokens: 3, outputTokens: 4, raw: metrics["amazon-bedrock-invocationMetrics"] },
  });
});

test("the counts of the model's own events are kept beside Bedrock's metrics, which come last", () => {
  const usage = {
    prompt_tokens: 3,
    completion_tokens: 4,
    total_tokens: 7,
    prompt_tokens_details: { cached_tokens: 1 },
    completion_tokens_details: { reasoning_tokens: 2 },
  };
  const { usage: found } = invoke(
    { choices: [{ delta: { content: "a" } }] },
    { choices: [], usage, ...metrics },
  );
  expect(found).toEqual({
    inputTokens: 3,
    outputTokens: 4,
    totalTokens: 7,
    reasoningTokens: 2,
    cachedInputTokens: 1,
    raw: metrics["amazon-bedrock-invocationMetrics"],
  });
});

test("an agent's frames hold the text itself", () => {
  const bytes = Buffer.from("Hello from an agent").toString("base64");
  expect(decode(message("chunk", { bytes })).text).toBe("Hello from an agent");
});

test("answers that were not streamed", () => {
  const body = {
    output: {
      message: {
        content: [
          { reasoningContent: { reasoningText: { text: "hm" } } },
          { text: "H" },
          { citationsContent: { content: [{ text: "i" }], citations: [{ title: "c" }] } },
          { toolUse: { toolUseId: "t", name: "f", input: { a: 1 } } },
        ],
      },
    },
    stopReason: "tool_use",
    usage: { inputTokens: 1, outputTokens: 2, totalTokens: 3 },
  };
  expect(decode(JSON.stringify(body), `${HOST}/converse`)).toMatchObject({
    text: "Hi",
    reasoning: "hm",
    toolCalls: [{ id: "t", input: { a: 1 } }],
    finishReason: "tool_use",
    usage: { totalTokens: 3 },
    end: "complete",
  });
  expect(
    decode('{"results":[{"outputText":"Hi","completionReason":"FINISH"}]}', `${HOST}/invoke`),
  ).toMatchObject({ text: "Hi", finishReason: "FINISH" });
});

test("a failed response has its message", () => {
  expect(
    decode('{"message":"not authorized"}', `${HOST}/converse-stream`, "application/json", 403).error,
  ).toEqual({ message: "not authorized" });
});
