import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { traceStream } from "../../src/providers/trace-stream.ts";
import type { StreamTrace } from "../../src/streams/stream-trace.ts";
import {
  type ProviderServer,
  type Script,
  scriptHeaders,
  startProviderServer,
} from "../support/provider-server/index.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const city = { type: "object", properties: { city: { type: "string" } } };
const messages = [{ role: "user", content: "Tell of café ☕" }];
const fn = { name: "weather", description: "d", parameters: city };
const contents = [{ role: "user", parts: [{ text: "Tell of café ☕" }] }];

/** One streamed request of each wire format, with a tool that is not called where `toolCalls` is 0. */
const WIRES: readonly (readonly [name: string, path: string, body: object])[] = [
  [
    "chat",
    "/v1/chat/completions",
    {
      model: "gpt",
      stream: true,
      stream_options: { include_usage: true },
      messages,
      tools: [{ type: "function", function: fn }],
    },
  ],
  [
    "chat by Mistral",
    "/v1/chat/completions",
    { model: "mistral-small", stream: true, messages, tools: [{ type: "function", function: fn }] },
  ],
  [
    "chat by OpenRouter",
    "/api/v1/chat/completions",
    { model: "a/b", stream: true, messages, tools: [{ type: "function", function: fn }] },
  ],
  [
    "responses",
    "/v1/responses",
    { model: "gpt", stream: true, input: messages, tools: [{ type: "function", ...fn }] },
  ],
  [
    "messages",
    "/v1/messages",
    {
      model: "claude",
      stream: true,
      max_tokens: 99,
      messages,
      tools: [{ name: "weather", input_schema: city }],
    },
  ],
  [
    "generateContent",
    "/v1beta/models/gemini:streamGenerateContent?alt=sse",
    { contents, tools: [{ functionDeclarations: [fn] }] },
  ],
  [
    "generateContent as an array",
    "/v1beta/models/gemini:streamGenerateContent",
    { contents, tools: [{ functionDeclarations: [fn] }] },
  ],
  ["Ollama", "/api/chat", { model: "qwen", messages, tools: [{ type: "function", function: fn }] }],
  [
    "Cohere",
    "/v2/chat",
    { model: "command", stream: true, messages, tools: [{ type: "function", function: fn }] },
  ],
  [
    "Converse",
    "/model/nova%3A0/converse-stream",
    {
      messages: [{ role: "user", content: [{ text: "Tell of café ☕" }] }],
      toolConfig: { tools: [{ toolSpec: { name: "weather", inputSchema: { json: city } } }] },
    },
  ],
];

async function traced(path: string, body: object, script: Script = {}): Promise<StreamTrace> {
  const response = await fetch(`${server.url}${path}`, {
    method: "POST",
    body: JSON.stringify(body),
    headers: { "content-type": "application/json", ...scriptHeaders(script) },
  });
  return traceStream(response).done;
}

describe.each(WIRES)("%s over the wire", (_, path, body) => {
  test("text, usage, finish and ending are read", async () => {
    const trace = await traced(path, body, { toolCalls: 0 });
    expect(trace.text).toContain("Tell of café ☕");
    expect(trace).toMatchObject({ error: undefined, end: "complete", toolCalls: [] });
    expect(trace.terminated).not.toBe(false);
    expect(trace.finishReason).toEqual(expect.any(String));
    expect(trace.usage?.outputTokens).toBeGreaterThan(0);
  });

  test("tool calls are read", async () => {
    const { toolCalls } = await traced(path, body, { toolCalls: 1 });
    expect(toolCalls).toMatchObject([{ name: "weather", input: { city: expect.any(String) } }]);
  });

  test("any cut and compression gives the same", async () => {
    const whole = await traced(path, body);
    for (const script of [{ cut: "byte" }, { cut: "joined" }, { cut: 7 }, { encoding: "gzip" }] as const) {
      const other = await traced(path, body, script);
      expect([other.text, other.toolCalls, other.events.map(({ data }) => data)]).toEqual([
        whole.text,
        whole.toolCalls,
        whole.events.map(({ data }) => data),
      ]);
    }
  });

  test("an error inside the stream is read", async () => {
    const { error } = await traced(path, body, { errorAfter: 2, toolCalls: 0 });
    expect(error?.message).toEqual(expect.stringMatching(/\w{4}/));
  });

  test("a failed response is read", async () => {
    const { error, text } = await traced(path, body, { status: 429 });
    expect(error?.message).toEqual(expect.stringMatching(/\w{4}/));
    expect(text).toBe("");
  });

  test("a stream whose connection broke ends with reset", async () => {
    expect((await traced(path, body, { ending: "reset", endAfter: 2 })).end).toBe("reset");
  });

  test.skipIf(path.includes("alt=sse"))("a stream without its end marker is not terminated", async () => {
    const { terminated, end } = await traced(path, body, { ending: "truncated", toolCalls: 0 });
    expect(terminated).not.toBe(true);
    // On an unknown host, chat completions can omit [DONE].
    expect(end).toBe(path.endsWith("/chat/completions") ? "complete" : "truncated");
  });
});
