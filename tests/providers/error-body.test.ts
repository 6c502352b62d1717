import { expect, test } from "vitest";
import { decode, sse } from "./sse.ts";

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

test.each<[string, string, object]>([
  ["by a field", sse({ step: 1 }, { error: { message: "no", code: 5 } }), { message: "no", code: "5" }],
  ["by a word", sse({ step: 1, error: null }, { error: "no" }), { message: "no" }],
  [
    "by its type",
    sse({ step: 1 }, { type: "error", code: "c", message: "no" }),
    { message: "no", code: "c" },
  ],
  ["by its name", sse(["step", { n: 1 }], ["error", { message: "no" }]), { message: "no" }],
  ["by its name, in plain text", sse(["step", "1"], ["error", "no"]), { message: "no" }],
])(
  "an error in a stream of an unknown provider is found %s, and nothing else is an error",
  (_, text, error) => {
    expect(decode(text, undefined, "text/event-stream").error).toEqual(error);
  },
);
