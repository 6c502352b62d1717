import { expect, test } from "vitest";
import { decode } from "./sse.ts";

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
