import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

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
