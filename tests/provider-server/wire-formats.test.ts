import { crc32 } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { at } from "../support/provider-server/json.ts";
import { ask, CHAT, dataOf, join } from "./ask.ts";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const HELLO = 'You said “hi ☀️”.\nRéponse naïve: 日本語, Ωμέγα and 👩‍💻 say \\ "hi"\t🎉 [m]';
const messages = [{ role: "user", content: "hi ☀️" }];
const city = { type: "object", properties: { city: { type: "string" }, days: { type: "integer" } } };
const INPUT = { city: "Lyon ☀️", days: 42 };
const asksTool = [{ role: "user", content: "The weather in Lyon" }];

test("chat completions stream text, a usage chunk when asked, and [DONE]", async () => {
  const body = { model: "m", stream: true, stream_options: { include_usage: true }, messages };
  const { text, headers } = await ask(`${server.url}/v1/chat/completions`, body);
  const events = dataOf(text);
  expect(headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  expect(join(events, "choices", 0, "delta", "content")).toBe(HELLO);
  expect(events.at(-1)).toBe("[DONE]");
  expect(events.at(-2)).toMatchObject({ choices: [], usage: { prompt_tokens: 10 } });
  expect(events.at(-3)).toMatchObject({ choices: [{ delta: {}, finish_reason: "stop" }], usage: null });
  expect(text).not.toContain("\r");
});

test("chat completions stream tool calls in pieces, name and id on the first alone", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: city } }];
  const { text } = await ask(`${server.url}/v1/chat/completions`, { ...CHAT, messages: asksTool, tools });
  const pieces = dataOf(text)
    .map((event) => at(event, "choices", 0, "delta", "tool_calls", 0))
    .filter((piece) => piece !== undefined);
  expect(pieces[0]).toMatchObject({
    index: 0,
    type: "function",
    function: { name: "weather", arguments: "" },
  });
  expect(pieces.slice(1).some((piece) => at(piece, "id") !== undefined)).toBe(false);
  expect(pieces.length).toBeGreaterThan(3);
  expect(JSON.parse(join(pieces, "function", "arguments"))).toEqual(INPUT);
});

test("several choices of one answer interleave", async () => {
  const { text } = await ask(`${server.url}/v1/chat/completions`, { ...CHAT, n: 2 });
  const indexes = dataOf(text).map((event) => at(event, "choices", 0, "index"));
  expect(indexes.slice(0, 4)).toEqual([0, 1, 0, 1]);
});

test.for([
  ["deepseek-reasoner", "reasoning_content"],
  ["vendor/thinking-model", "reasoning"],
  ["qwen3", "reasoning"],
])("reasoning of %s stands in %s", async ([model, field]) => {
  const { text } = await ask(`${server.url}/v1/chat/completions`, { ...CHAT, model });
  expect(join(dataOf(text), "choices", 0, "delta", field as string)).toContain("考える");
});

test("OpenRouter begins with comments, Azure with a chunk without choices", async () => {
  const router = await ask(`${server.url}/api/v1/chat/completions`, CHAT);
  expect(router.text.startsWith(": OPENROUTER PROCESSING\n\n:\n\n")).toBe(true);
  const azure = await ask(`${server.url}/openai/deployments/d/chat/completions?api-version=1`, CHAT);
  expect(dataOf(azure.text)[0]).toMatchObject({ choices: [], id: "", prompt_filter_results: [{}] });
});

test("Mistral sends thinking as content parts and the tool call whole with the finish reason", async () => {
  const tools = [{ type: "function", function: { name: "weather", parameters: city } }];
  const body = { model: "magistral-small", stream: true, messages: asksTool, tools };
  const events = dataOf((await ask(`${server.url}/v1/chat/completions`, body)).text);
  const thought = events.map((event) =>
    join([event], "choices", 0, "delta", "content", 0, "thinking", 0, "text"),
  );
  expect(thought.join("")).toContain("考える");
  expect(events.at(-2)).toMatchObject({
    choices: [
      {
        finish_reason: "tool_calls",
        delta: { tool_calls: [{ function: { arguments: JSON.stringify(INPUT) } }] },
      },
    ],
    usage: {},
  });
});

test("responses number their events and end in response.completed with the same text", async () => {
  const body = { model: "m", stream: true, input: "hi ☀️", reasoning: { summary: "auto" } };
  const { text } = await ask(`${server.url}/v1/responses`, body);
  const events = dataOf(text);
  const names = [...text.matchAll(/^event: (.*)$/gm)].map((match) => match[1]);
  expect(names).toEqual(events.map((event) => at(event, "type")));
  expect(events.map((event) => at(event, "sequence_number"))).toEqual(events.map((_, index) => index));
  const deltas = events.filter((event) => at(event, "type") === "response.output_text.delta");
  expect(join(deltas, "delta")).toBe(HELLO);
  expect(names).toContain("response.reasoning_summary_text.delta");
  const last = events.at(-1);
  expect(at(last, "type")).toBe("response.completed");
  expect(at(last, "response", "output", 1, "content", 0, "text")).toBe(HELLO);
  const plain = await ask(`${server.url}/v1/responses`, { ...body, stream: false });
  expect(JSON.parse(plain.text)).toEqual(at(last, "response"));
});

test("messages stream blocks in order, padded, with a ping, and end in message_stop", async () => {
  const tools = [{ name: "weather", input_schema: city }];
  const body = { model: "m", stream: true, thinking: { type: "enabled" }, tools, messages: asksTool };
  const { text } = await ask(`${server.url}/v1/messages`, body);
  const events = dataOf(text);
  const types = events.map((event) => at(event, "type"));
  const starts = events.filter((event) => at(event, "type") === "content_block_start");
  expect(starts.map((event) => at(event, "content_block", "type"))).toEqual(["thinking", "text", "tool_use"]);
  expect(types[0]).toBe("message_start");
  expect(types[2]).toBe("ping");
  expect(types.at(-1)).toBe("message_stop");
  expect(text).toMatch(/\S {2,}\}\n/);
  expect(JSON.parse(join(events, "delta", "partial_json"))).toEqual(INPUT);
  expect(events.at(-2)).toMatchObject({ delta: { stop_reason: "tool_use" } });
});

test("Gemini streams SSE with CRLF for alt=sse", async () => {
  const body = { contents: [{ role: "user", parts: [{ text: "hi ☀️" }] }] };
  const { text, headers } = await ask(`${server.url}/v1beta/models/m:streamGenerateContent?alt=sse`, body);
  expect(headers.get("content-type")).toBe("text/event-stream");
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  expect(text.endsWith("}\r\n\r\n")).toBe(true);
  const events = dataOf(text);
  expect(join(events, "candidates", 0, "content", "parts", 0, "text")).toBe(HELLO);
  expect(at(events.at(-1), "candidates", 0, "finishReason")).toBe("STOP");
});

test("Gemini streams a JSON array, pretty-printed and parted by CRLF, without alt=sse", async () => {
  const body = { contents: [{ role: "user", parts: [{ text: "hi ☀️" }] }] };
  const { text, headers, chunks } = await ask(`${server.url}/v1beta/models/m:streamGenerateContent`, body);
  expect(headers.get("content-type")).toContain("application/json");
  expect(chunks.length).toBeGreaterThan(3);
  expect(text.startsWith("[{\n")).toBe(true);
  expect(text).toContain("\n,\r\n{\n");
  expect(join(JSON.parse(text), "candidates", 0, "content", "parts", 0, "text")).toBe(HELLO);
});

test("Gemini calls functions whole, one a response", async () => {
  const functionDeclarations = ["weather", "time"].map((name) => ({ name, parameters: city }));
  const body = {
    contents: [{ parts: [{ text: "The weather in Lyon" }] }],
    tools: [{ functionDeclarations }],
  };
  const { text } = await ask(
    `${server.url}/v1/projects/p/locations/l/publishers/google/models/m:streamGenerateContent?alt=sse`,
    body,
  );
  const calls = dataOf(text)
    .map((event) => at(event, "candidates", 0, "content", "parts", 0, "functionCall"))
    .filter((call) => call !== undefined);
  expect(calls).toMatchObject([
    { name: "weather", args: INPUT },
    { name: "time", args: INPUT },
  ]);
});

test("Ollama streams NDJSON with Go's escapes and a last line that is done", async () => {
  const body = { model: "m", think: true, messages: [{ role: "user", content: "<b>" }] };
  const { text, headers } = await ask(`${server.url}/api/chat`, body);
  const lines = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(headers.get("content-type")).toBe("application/x-ndjson");
  expect(text).toContain("\\u003cb\\u003e");
  expect(join(lines, "message", "thinking")).toContain("考える");
  expect(join(lines, "message", "content")).toContain("“<b>”");
  expect(lines.map((line) => at(line, "done")).indexOf(true)).toBe(lines.length - 1);
  const generated = await ask(`${server.url}/api/generate`, { model: "m", prompt: "hi ☀️" });
  const parts = generated.text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  expect(join(parts, "response")).toBe(HELLO);
});

test("Cohere streams named events and ends in message-end and a [DONE] without a name", async () => {
  const { text } = await ask(`${server.url}/v2/chat`, { model: "m", stream: true, messages });
  expect(join(dataOf(text), "delta", "message", "content", "text")).toBe(HELLO);
  expect(text.endsWith("}\n\ndata: [DONE]\n\n")).toBe(true);
  expect(dataOf(text).at(-2)).toMatchObject({ type: "message-end", delta: { finish_reason: "COMPLETE" } });
  const tools = [{ type: "function", function: { name: "now", parameters: { type: "object" } } }];
  const called = await ask(`${server.url}/v2/chat`, { model: "m", stream: true, messages, tools });
  const types = dataOf(called.text).map((event) => at(event, "type"));
  expect(types).toContain("tool-call-start");
  expect(types).not.toContain("tool-call-delta");
});

/** Frames of an AWS event stream; throws on a wrong length or checksum. */
function framesOf(bytes: Buffer): { headers: string; payload: unknown }[] {
  const frames = [];
  for (let start = 0; start < bytes.length; ) {
    const total = bytes.readUInt32BE(start);
    const headers = bytes.readUInt32BE(start + 4);
    const frame = bytes.subarray(start, start + total);
    if (crc32(frame.subarray(0, 8)) !== frame.readUInt32BE(8))
      throw new Error("wrong checksum of the prelude");
    if (crc32(frame.subarray(0, -4)) !== frame.readUInt32BE(total - 4)) throw new Error("wrong checksum");
    frames.push({
      headers: frame.toString("latin1", 12, 12 + headers),
      payload: JSON.parse(frame.toString("utf8", 12 + headers, total - 4)),
    });
    start += total;
  }
  return frames;
}

test("Bedrock streams AWS event frames with right lengths and checksums", async () => {
  const body = { messages: [{ role: "user", content: [{ text: "hi ☀️" }] }] };
  const { chunks, headers } = await ask(`${server.url}/model/vendor.m%3A0/converse-stream`, body);
  const frames = framesOf(Buffer.concat(chunks));
  expect(headers.get("content-type")).toBe("application/vnd.amazon.eventstream");
  expect(frames[0]?.headers).toBe(
    "\x0b:event-type\x07\0\x0cmessageStart\x0d:content-type\x07\0\x10application/json\x0d:message-type\x07\0\x05event",
  );
  expect(join(frames, "payload", "delta", "text")).toBe(HELLO.replace("[m]", "[vendor.m:0]"));
  expect(frames.at(-2)?.payload).toMatchObject({ stopReason: "end_turn" });
  expect(frames.at(-1)?.payload).toMatchObject({ usage: { inputTokens: 10 } });
});

test("Bedrock's invoke stream holds Anthropic events in base64", async () => {
  const { chunks } = await ask(`${server.url}/model/anthropic.m/invoke-with-response-stream`, { messages });
  const events = framesOf(Buffer.concat(chunks)).map(
    ({ payload }) => JSON.parse(Buffer.from(String(at(payload, "bytes")), "base64").toString()) as unknown,
  );
  expect(join(events, "delta", "text")).toBe(HELLO.replace("[m]", "[anthropic.m]"));
  expect(at(events.at(-1), "amazon-bedrock-invocationMetrics", "inputTokenCount")).toBe(10);
});

test("MCP sends notifications before the result, 202 for a notification, and JSON if the client accepts nothing else", async () => {
  const params = { name: "echo", arguments: { text: "ça va" }, _meta: { progressToken: 7 } };
  const call = { jsonrpc: "2.0", id: 3, method: "tools/call", params };
  const { text } = await ask(`${server.url}/mcp`, call);
  expect(text.startsWith(": ping")).toBe(true);
  expect(dataOf(text).map((event) => at(event, "method"))).toEqual([
    "notifications/message",
    "notifications/progress",
    "notifications/progress",
    undefined,
  ]);
  expect(dataOf(text).at(-1)).toMatchObject({ id: 3, result: { content: [{ text: "écho: ça va" }] } });
  const notified = await ask(`${server.url}/mcp`, { jsonrpc: "2.0", method: "notifications/initialized" });
  expect([notified.status, notified.text]).toEqual([202, ""]);
  const json = await fetch(`${server.url}/mcp`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize" }),
  });
  expect(json.headers.get("mcp-session-id")).toMatch(/^[0-9a-f-]{36}$/);
  expect(await json.json()).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
});
