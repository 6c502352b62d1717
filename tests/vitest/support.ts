/** Code under test: one chat request. */
export const ask = `
export async function ask(content: string) {
  const response = await fetch(process.env.PROVIDER + "/v1/chat/completions", {
    method: "POST",
    headers: { "content-type": "application/json", authorization: "Bearer sk-proj-not-a-real-key" },
    body: JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] }),
  });
  const body = await response.json();
  return response.ok ? body.choices[0].message.content : "refused: " + body.error.type;
}
`;

/** The head of a test file that uses it. */
export const head = `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
import { ask } from "./ask.ts";
`;
