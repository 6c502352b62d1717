import { expect, test } from "vitest";
import { aboutRequest } from "../../src/diagnosis/about-request.ts";
import { request } from "../matching/support.ts";

const about = (body: unknown): string | undefined =>
  aboutRequest(request(body), (text) => text.replaceAll("hidden", "<removed>"));

test.each([
  [{ model: "m", messages: [{ role: "user", content: "Hi" }] }, 'm, "Hi"'],
  [{ model: "m", messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }] }, 'm, "Hi"'],
  [
    {
      messages: [
        { role: "user", content: "Hi" },
        { role: "tool", content: "18 degrees" },
      ],
    },
    '"tool result: 18 degrees"',
  ],
  [
    { messages: [{ role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "18" }] }] },
    '"tool result: 18"',
  ],
  [
    { contents: [{ role: "user", parts: [{ text: "Hi" }, { inlineData: { mimeType: "image/png" } }] }] },
    '"Hi [image/png]"',
  ],
  [{ model: "m", input: "Hi" }, 'm, "Hi"'],
  [{ model: "m", input: ["a", "b"] }, 'm, "a b"'],
  [
    { model: "m", input: [{ type: "function_call_output", call_id: "c", output: "18" }] },
    'm, "tool result: 18"',
  ],
  [{ model: "m", prompt: "Hi" }, 'm, "Hi"'],
  [{ model: "m" }, "m"],
  [{ model: "m", messages: [{ role: "user", content: [{ type: "image_url" }] }] }, 'm, "[image_url]"'],
  [{ model: "hidden", prompt: "a hidden\nword" }, '<removed>, "a <removed> word"'],
  [{ model: 1, messages: {} }, undefined],
  [[1], undefined],
  ["not JSON", undefined],
  [new Uint8Array([255]), undefined],
  [undefined, undefined],
])("%j is about %s", (body, words) => {
  expect(about(body)).toBe(words);
});

test("a long message is cut", () => {
  expect(about({ prompt: "word ".repeat(100) })).toMatchInlineSnapshot(
    `""word word word word word word word word word wor…""`,
  );
});

test("a very deeply nested body is described by its model only", () => {
  expect(about(`{"model":"m","messages":[${"[".repeat(100_000)}${"]".repeat(100_000)}]}`)).toBe("m");
});
