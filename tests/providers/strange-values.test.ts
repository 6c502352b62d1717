import { expect, test } from "vitest";
import { decodeStream } from "../../src/providers/decode-stream.ts";
import { encodeEventStreamMessage } from "../../src/streams/event-stream-message.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import { encodeText } from "../../src/streams/text.ts";
import { sse } from "./sse.ts";

type Json = { readonly [name: string]: unknown };

const choice = (delta: Json, finish_reason: string | null = null) => ({
  object: "chat.completion.chunk",
  choices: [{ index: 0, delta, finish_reason }],
});
const partial = { jsonPath: "$.a[0].b", stringValue: "x", willContinue: true };

/** A short answer of each API: text, thinking, a call, its end. */
const ANSWERS: readonly (readonly [api: string, payloads: readonly Json[]])[] = [
  [
    "chat",
    [
      choice({ reasoning_content: "hm", content: [{ type: "thinking", thinking: [{ text: "hm" }] }] }),
      choice({ content: "Hi", refusal: "no", function_call: { name: "g", arguments: "{}" } }),
      choice({ tool_calls: [{ index: 0, id: "c", function: { name: "f", arguments: "{}" } }] }, "stop"),
      { choices: [], usage: { prompt_tokens: 1, completion_tokens_details: { reasoning_tokens: 1 } } },
    ],
  ],
  [
    "responses",
    [
      { type: "response.created", response: { model: "m" } },
      { type: "response.output_text.delta", output_index: 0, delta: "Hi" },
      {
        type: "response.output_item.added",
        output_index: 1,
        item: { type: "function_call", id: "i", call_id: "c", name: "f", arguments: "" },
      },
      { type: "response.function_call_arguments.delta", output_index: 1, item_id: "i", delta: "{}" },
      {
        type: "response.completed",
        response: { status: "completed", usage: { input_tokens: 1 }, error: null },
      },
    ],
  ],
  [
    "messages",
    [
      { type: "message_start", message: { model: "m", content: [], usage: { input_tokens: 1 } } },
      {
        type: "content_block_start",
        index: 0,
        content_block: { type: "tool_use", id: "c", name: "f", input: {} },
      },
      { type: "content_block_delta", index: 0, delta: { type: "input_json_delta", partial_json: "{}" } },
      { type: "content_block_delta", index: 1, delta: { type: "text_delta", text: "Hi" } },
      { type: "content_block_stop", index: 0 },
      { type: "message_delta", delta: { stop_reason: "end_turn" }, usage: { output_tokens: 2 } },
      { type: "message_stop" },
    ],
  ],
  [
    "generateContent",
    [
      {
        candidates: [
          { content: { parts: [{ text: "Hi", thought: true }, { functionCall: { name: "f", args: {} } }] } },
        ],
      },
      { candidates: [{ content: { parts: [{ functionCall: { name: "g", willContinue: true } }] } }] },
      {
        candidates: [
          { content: { parts: [{ functionCall: { partialArgs: [partial], willContinue: true } }] } },
        ],
      },
      { candidates: [{ finishReason: "STOP" }], usageMetadata: { promptTokenCount: 1 }, promptFeedback: {} },
    ],
  ],
  [
    "interactions",
    [
      { event_type: "interaction.created", interaction: { model: "m", status: "in_progress" } },
      {
        event_type: "step.start",
        index: 0,
        step: { type: "function_call", id: "c", name: "f", arguments: {} },
      },
      { event_type: "step.delta", index: 0, delta: { type: "arguments_delta", arguments: "{}" } },
      { event_type: "step.delta", index: 1, delta: { type: "text", text: "Hi" } },
      {
        event_type: "interaction.completed",
        interaction: { status: "completed", usage: { total_tokens: 1 } },
      },
    ],
  ],
  [
    "cohere",
    [
      { type: "content-delta", index: 0, delta: { message: { content: { text: "Hi" } } } },
      {
        type: "tool-call-start",
        index: 0,
        delta: { message: { tool_calls: { id: "c", function: { name: "f" } } } },
      },
      {
        type: "tool-call-delta",
        index: 0,
        delta: { message: { tool_calls: { function: { arguments: "{}" } } } },
      },
      { type: "message-end", delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 1 } } } },
    ],
  ],
  [
    "ollama",
    [
      {
        model: "m",
        message: { content: "Hi", tool_calls: [{ function: { name: "f", arguments: {} } }] },
        done: false,
      },
      { model: "m", message: { content: "" }, done: true, done_reason: "stop", eval_count: 1 },
    ],
  ],
  [
    "converse",
    [
      { contentBlockStart: { contentBlockIndex: 0, start: { toolUse: { toolUseId: "c", name: "f" } } } },
      { contentBlockDelta: { contentBlockIndex: 0, delta: { toolUse: { input: "{}" } } } },
      {
        contentBlockDelta: { contentBlockIndex: 1, delta: { text: "Hi", reasoningContent: { text: "hm" } } },
      },
      { messageStop: { stopReason: "end_turn" } },
      { metadata: { usage: { inputTokens: 1 } } },
    ],
  ],
  [
    "conversations",
    [
      { type: "message.output.delta", content: [{ type: "thinking", thinking: [{ text: "hm" }] }] },
      { type: "function.call.delta", tool_call_id: "c", name: "f", arguments: "{}" },
      { type: "conversation.response.done", usage: { prompt_tokens: 1 } },
    ],
  ],
  [
    "assistants",
    [
      { object: "thread.message.delta", delta: { content: [{ text: { value: "Hi" } }] } },
      {
        id: "s",
        object: "thread.run.step.delta",
        delta: { step_details: { tool_calls: [{ index: 0, type: "function", function: { name: "f" } }] } },
      },
      { object: "thread.run", status: "completed", usage: { prompt_tokens: 1 }, last_error: null },
    ],
  ],
  [
    "ui-message-stream",
    [
      { type: "start", messageId: "m" },
      { type: "text-delta", id: "t", delta: "Hi" },
      { type: "tool-input-start", toolCallId: "c", toolName: "f" },
      { type: "tool-input-available", toolCallId: "c", toolName: "f", input: {} },
      { type: "finish", finishReason: "stop", usage: { inputTokens: 1 } },
    ],
  ],
  ["mcp", [{ jsonrpc: "2.0", id: 1, result: { content: [{ type: "text", text: "Hi" }], isError: false } }]],
  [
    "watsonx",
    [{ model_id: "m", results: [{ generated_text: "Hi", stop_reason: "eos", input_token_count: 1 }] }],
  ],
  ["langchain", [{ content: "Hi", tool_call_chunks: [{ index: 0, id: "c", name: "f", args: "{}" }] }]],
];

const URLS: Readonly<Record<string, string>> = {
  chat: "https://api.openai.com/v1/chat/completions",
  responses: "https://api.openai.com/v1/responses",
  messages: "https://api.anthropic.com/v1/messages",
  generateContent: "https://generativelanguage.googleapis.com/v1beta/models/m:streamGenerateContent",
  interactions: "https://generativelanguage.googleapis.com/v1beta/interactions",
  cohere: "https://api.cohere.com/v2/chat",
  ollama: "http://localhost:11434/api/chat",
  converse: "https://bedrock-runtime.us-east-1.amazonaws.com/model/m/converse-stream",
  conversations: "https://api.mistral.ai/v1/conversations",
  assistants: "https://api.openai.com/v1/threads/t/runs",
  mcp: "https://example.com/mcp",
  watsonx: "https://us-south.ml.cloud.ibm.com/ml/v1/text/generation_stream",
};

/** `toString` and `length` of their own make careless printing and counting throw. */
const STRANGE: readonly unknown[] = [
  null,
  0,
  -1,
  1e308,
  "",
  "x",
  true,
  [],
  {},
  [null],
  [[{}]],
  { toString: 1 },
  { length: -1 },
  JSON.parse('{"__proto__":1}'),
];

function traceOf(payloads: readonly unknown[], url: string | undefined): StreamTrace {
  return decodeStream({
    url,
    headers: { "content-type": "text/event-stream" },
    chunks: [{ at: 1, bytes: encodeText(sse(...payloads.map((each) => JSON.stringify(each)))) }],
  });
}

function everything(trace: StreamTrace): unknown {
  const { text, reasoning, refusal, toolCalls, finishReason, usage, error, terminated, model } = trace;
  return { text, reasoning, refusal, toolCalls, finishReason, usage, error, terminated, model };
}

/** `value` with one of its parts replaced, once for each part. */
function* altered(value: unknown, by: unknown): Generator<unknown> {
  yield by;
  if (typeof value !== "object" || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    for (const other of altered(inner, by)) {
      yield Array.isArray(value)
        ? value.map((each, i) => (String(i) === name ? other : each))
        : { ...value, [name]: other };
    }
  }
}

test.each(ANSWERS)("%s: no value of a strange kind makes the decoder throw", (api, payloads) => {
  for (const [index, payload] of payloads.entries()) {
    for (const strange of STRANGE) {
      for (const other of altered(payload, strange)) {
        const changed = payloads.map((each, i) => (i === index ? other : each));
        expect(typeof traceOf(changed, URLS[api]).summary).toBe("string");
      }
    }
  }
});

test.each(ANSWERS)("%s: an unknown event changes nothing at any position", (api, payloads) => {
  const unknown = {
    type: "hologram.delta",
    event_type: "hologram.delta",
    index: 0,
    hologram: { text: "no" },
  };
  for (const url of [URLS[api], undefined]) {
    const want = everything(traceOf(payloads, url));
    for (let at = 0; at <= payloads.length; at++) {
      const with_ = [...payloads.slice(0, at), unknown, ...payloads.slice(at)];
      expect(everything(traceOf(with_, url)), `before event ${at}`).toEqual(want);
    }
  }
});

test("frames of strange headers and payloads make nothing throw", () => {
  for (const strange of STRANGE) {
    const payload = encodeText(JSON.stringify({ bytes: strange }));
    for (const name of ["chunk", "contentBlockDelta", "metadata", "x"]) {
      for (const type of ["event", "exception", "error", ""]) {
        const bytes = encodeEventStreamMessage({ ":event-type": name, ":message-type": type }, payload);
        expect(typeof decodeStream({ chunks: [{ bytes }] }).summary).toBe("string");
      }
    }
  }
});
