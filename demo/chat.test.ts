import Anthropic from "@anthropic-ai/sdk";
import { GoogleGenAI } from "@google/genai";
import OpenAI from "openai";
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";

// A local server that speaks the providers' wire formats (see run.ts).
const provider = "http://127.0.0.1:41414";
const question = "Why do programmers prefer dark mode?";

test("openai streams an answer", async () => {
  const cassette = useCassette();
  const openai = new OpenAI({ baseURL: `${provider}/v1` });
  const stream = await openai.chat.completions.create({
    model: "gpt-5-mini",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: question }],
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  expect(cassette).toHaveStreamedText(text);
  expect(cassette).toHaveFirstTokenWithin(5000);
});

test("anthropic streams an answer", async () => {
  const cassette = useCassette();
  const anthropic = new Anthropic({ baseURL: provider });
  const message = await anthropic.messages
    .stream({ model: "claude-sonnet-5", max_tokens: 500, messages: [{ role: "user", content: question }] })
    .finalMessage();
  const text = message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
  expect(cassette).toHaveStreamedText(text);
  expect(cassette).toHaveFirstTokenWithin(5000);
});

test("gemini streams an answer", async () => {
  const cassette = useCassette();
  const gemini = new GoogleGenAI({ httpOptions: { baseUrl: provider } });
  const stream = await gemini.models.generateContentStream({ model: "gemini-3-flash", contents: question });
  let text = "";
  for await (const chunk of stream) text += chunk.text ?? "";
  expect(cassette).toHaveStreamedText(text);
  expect(cassette).toHaveFirstTokenWithin(5000);
});
