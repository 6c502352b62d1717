import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { at } from "../support/provider-server/json.ts";
import { ask, CHAT, dataOf, join } from "./ask.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const messages = [{ role: "user", content: "hi ☀️" }];
const city = { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } };
const asksTool = [{ role: "user", content: "The weather in Lyon" }];

const EVERY_STREAM: readonly (readonly [path: string, body: Record<string, unknown>])[] = [
  ["/v1/chat/completions", CHAT],
  ["/v1/responses", { model: "m", stream: true, input: "hi" }],
  ["/v1/messages", { ...CHAT, model: "m" }],
  ["/v1beta/models/m:streamGenerateContent", { contents: [] }],
  ["/v1beta/models/m:streamGenerateContent?alt=sse", { contents: [] }],
  ["/api/chat", { messages }],
  ["/v2/chat", { stream: true, messages }],
  ["/model/m/converse-stream", { messages: [] }],
  ["/mcp", { jsonrpc: "2.0", id: 1, method: "ping" }],
  ["/v1/completions", { prompt: "hi", stream: true }],
];

test.for(EVERY_STREAM)("%s answers the same bytes to the same request", async ([path, body]) => {
  const first = await ask(server.url + path, body);
  const second = await ask(server.url + path, body);
  expect(first.status).toBe(200);
  expect(Buffer.concat(second.chunks).equals(Buffer.concat(first.chunks))).toBe(true);
});

test.for(EVERY_STREAM)("%s answers other bytes each time to a script that varies", async ([path, body]) => {
  if (path === "/mcp") return;
  const first = await ask(server.url + path, body, { vary: true });
  const second = await ask(server.url + path, body, { vary: true });
  expect(second.text).not.toBe(first.text);
});

test.for(EVERY_STREAM)(
  "%s sends its error inside the stream, without an end marker",
  async ([path, body]) => {
    const { text, status } = await ask(server.url + path, body, { errorAfter: 1 });
    expect(status).toBe(200);
    expect(text).toMatch(/error|exception/i);
    expect(text).not.toMatch(/message_stop|response\.completed|"done":true|"metrics"/);
  },
);

test.for(EVERY_STREAM)("%s has its own HTTP error", async ([path, body]) => {
  const { text, status } = await ask(server.url + path, body, { status: 429 });
  expect(status).toBe(429);
  expect(JSON.parse(text)).toBeTypeOf("object");
});

test("a conversation that ends in a tool's result is answered in text", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: city } }];
  const conversation = [
    ...asksTool,
    {
      role: "assistant",
      tool_calls: [{ id: "c", type: "function", function: { name: "weather", arguments: "{}" } }],
    },
    { role: "tool", tool_call_id: "c", content: "21°" },
  ];
  const { text } = await ask(`${server.url}/v1/chat/completions`, { ...CHAT, messages: conversation, tools });
  expect(join(dataOf(text), "choices", 0, "delta", "content")).toBe("The tool says “21°” – voilà, 完了 ✅");
});

test("a schema is answered with JSON that has its fields", async () => {
  const response_format = { type: "json_schema", json_schema: { name: "place", schema: city } };
  const { text } = await ask(`${server.url}/v1/chat/completions`, { ...CHAT, response_format });
  expect(JSON.parse(join(dataOf(text), "choices", 0, "delta", "content"))).toEqual({
    city: "naïve 日本 🎌",
    days: 42,
  });
});

test("embeddings are the same numbers as an array and as base64", async () => {
  const list = await ask(`${server.url}/v1/embeddings`, { input: ["a", "b"] });
  const base64 = await ask(`${server.url}/v1/embeddings`, { input: ["a", "b"], encoding_format: "base64" });
  const vector = at(JSON.parse(list.text), "data", 1, "embedding") as number[];
  const bytes = Buffer.from(String(at(JSON.parse(base64.text), "data", 1, "embedding")), "base64");
  expect(vector).toHaveLength(8);
  expect(bytes.readFloatLE(12)).toBeCloseTo(vector[3] ?? Number.NaN, 5);
});

test("a path that no provider has is a 404 that names it", async () => {
  const { status, text } = await ask(`${server.url}/v9/nothing`, {});
  expect([status, text]).toEqual([404, '{"error":{"message":"No such endpoint: POST /v9/nothing"}}']);
});
