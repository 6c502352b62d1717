import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

const OPENAI = "https://api.openai.com/v1/chat/completions";

function chunk(delta: object, rest: object = {}): object {
  return { object: "chat.completion.chunk", choices: [{ index: 0, delta, finish_reason: null }], ...rest };
}

test.each<[string, string, object]>([
  [
    "OpenAI",
    sse({ error: { message: "no", type: "server_error", param: null, code: "x" } }),
    { message: "no", type: "server_error", code: "x" },
  ],
  [
    "Groq",
    sse([
      "error",
      {
        error: {
          message: "no",
          type: "invalid",
          code: "tool_use_failed",
          failed_generation: "f",
          status_code: 400,
        },
      },
    ]),
    { message: "no", code: "tool_use_failed" },
  ],
  [
    "OpenRouter",
    sse(chunk({ content: "" }, { error: { code: 502, message: "no" }, usage: null }), "[DONE]"),
    { message: "no", code: "502" },
  ],
  [
    "OpenRouter, in a choice",
    sse({ choices: [{ index: 0, delta: {}, error: { code: 502, message: "no" }, finish_reason: "error" }] }),
    { message: "no", code: "502" },
  ],
  [
    "Mistral and vLLM",
    sse({ object: "error", message: "no", type: "BadRequestError", code: 400 }),
    { message: "no", type: "BadRequestError", code: "400" },
  ],
  ["Groq, in its own field", sse(chunk({}, { x_groq: { id: "r", error: "no" } })), { message: "no" }],
  ["a word", sse({ error: "no" }), { message: "no" }],
  ["FastAPI", sse({ detail: "no" }), { message: "no" }],
  [
    "llama.cpp's unknown field",
    'error: {"code":500,"message":"no","type":"server_error"}\n\n',
    { message: "no", code: "500" },
  ],
  ["an error object without data: and line end", '{"error": {"message":"no"}}', { message: "no" }],
  ["an error object without data:", '{"error":\n {"message":"no"}}\n\n', { message: "no" }],
])("an error in the stream: %s", (_, text, error) => {
  const trace = decode(sse(chunk({ content: "a" })) + text, OPENAI, "text/event-stream");
  expect(trace.error).toMatchObject(error);
  expect(trace).toMatchObject({ text: "a", end: "complete" });
});
