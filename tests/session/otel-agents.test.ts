import { createOpenAI } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { generateText, isStepCount, tool } from "ai";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Cassette, createEmitter } from "../../src/core.ts";
import { cassetteDefaults } from "../../src/vitest/cassette-defaults.ts";
import { inMemory } from "../agents/mcp-transports.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { tree, useOtel } from "./otel-support.ts";
import { tapes } from "./support.ts";

const otel = useOtel();

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

const weather = tool({
  description: "The weather",
  inputSchema: z.object({ city: z.string() }),
  execute: async () => ({ celsius: 20 }),
});

test("the AI SDK's own spans and ours do not break each other", async () => {
  using folder = tapes();
  const run = (integrations: OpenTelemetry[]) => () =>
    generateText({
      model: createOpenAI({ apiKey: "k", baseURL: `${server.url}/v1` }).chat("gpt-5-mini"),
      prompt: "The weather in Lyon?",
      tools: { weather },
      stopWhen: isStepCount(3),
      telemetry: { functionId: "forecaster", integrations },
    });
  vi.stubEnv("RECORD", "1");
  await folder.play("run", {}, run([]));
  vi.stubEnv("RECORD", "");
  await folder.play("run", { otel: true }, run([new OpenTelemetry()]));
  const spans = await otel.collected();

  const ours = spans.filter(({ scope }) => scope === "vitest-cassette");
  expect(tree(ours)).toEqual([
    "invoke_agent forecaster",
    "invoke_agent forecaster > step 1",
    "invoke_agent forecaster > step 1 > chat gpt-5-mini",
    "invoke_agent forecaster > step 1 > execute_tool weather",
    "invoke_agent forecaster > step 2",
    "invoke_agent forecaster > step 2 > chat gpt-5-mini",
  ]);
  expect(ours.find(({ name }) => name === "execute_tool weather")?.attributes).toMatchObject({
    "gen_ai.tool.call.id": expect.stringMatching(/^call_/),
  });
  const theirs = spans.filter(({ scope }) => scope !== "vitest-cassette");
  const names = theirs.map(({ name }) => name.split(" ")[0]).toSorted();
  expect(names).toEqual(["chat", "chat", "execute_tool", "invoke_agent", "step", "step"]);
  // Neither is inside of the other.
  const ids = new Set(ours.map(({ id }) => id));
  expect(theirs.filter(({ parent }) => parent !== undefined && ids.has(parent))).toEqual([]);
});

test("MCP messages are spans by the conventions of MCP", async () => {
  using folder = tapes();
  const run = async (cassette: Cassette): Promise<void> => {
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    await client.callTool({ name: "none", arguments: {} }).catch(() => undefined);
    await client.close();
  };
  vi.stubEnv("RECORD", "1");
  await folder.play("run", {}, run);
  vi.stubEnv("RECORD", "");
  await folder.play("run", { otel: true }, run);
  const spans = await otel.collected();
  expect(spans.map(({ name, kind }) => `${kind} ${name}`)).toEqual([
    "3 initialize",
    "3 notifications/initialized",
    "3 tools/call add",
    "3 tools/call none",
  ]);
  expect(spans[2]?.attributes).toMatchObject({
    "mcp.method.name": "tools/call",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "add",
    "cassette.replayed": true,
  });
  expect(spans[3]).toMatchObject({ attributes: { "error.type": expect.any(String) }, status: { code: 2 } });
});

test("an MCP message over HTTP is one, too", async () => {
  using folder = tapes();
  const body = { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "add", arguments: {} } };
  folder.write(
    "run",
    `cassette: 1
interactions:
  - request:
      method: POST
      url: https://mcp.example.com/mcp
      headers: { content-type: application/json }
      body: ${JSON.stringify(body)}
    response:
      status: 200
      headers: { content-type: application/json }
      timing: { headers: 90, chunks: [100] }
      body: { jsonrpc: "2.0", id: 1, result: { content: [] } }
`,
  );
  await folder.play("run", { otel: true }, async () => {
    const response = await fetch("https://mcp.example.com/mcp", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    await response.text();
  });
  const [span] = await otel.collected();
  expect(span).toMatchObject({
    name: "tools/call add",
    kind: 3,
    attributes: { "mcp.method.name": "tools/call", "gen_ai.tool.name": "add" },
    status: { code: 0 },
  });
  expect(span?.duration).toBeCloseTo(100, 1);
});

test("what the code under test emits is spans, and what never ends is ended with its session", async () => {
  vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", "");
  using folder = tapes();
  await folder.play("none", { otel: true, unplayed: "ignore" }, (cassette) => {
    cassette.emit({ type: "llm_call", model: "local", provider: "mine" });
    const id = cassette.emit({ type: "tool_call", name: "search" });
    cassette.emit({ type: "tool_result", id, duration: 1234 });
  });
  const spans = await otel.collected();
  expect(spans.find(({ name }) => name === "chat local")).toMatchObject({
    attributes: { "gen_ai.provider.name": "mine", "cassette.unfinished": true },
    status: { code: 0 },
  });
  expect(spans.find(({ name }) => name === "execute_tool search")?.duration).toBeCloseTo(1234, 1);
});

test("an emitter sends spans, through the tracer of the project's setup file as well", async () => {
  cassetteDefaults({ otel: { tracer: otel.provider.getTracer("mine") } });
  try {
    for (const on of [undefined, true, false]) {
      const emitter = createEmitter({ session: "nightly import", otel: on });
      const step = emitter.emit({ type: "step", name: "import", kind: "task", phase: "start" });
      const id = emitter.llmCall({ model: "local", provider: "mine", parent: step });
      emitter.llmResult(id, { usage: { inputTokens: 9, outputTokens: 3 }, duration: 250 });
      emitter.emit({ type: "step", id: step, name: "import", phase: "end" });
      emitter.end();
    }
  } finally {
    cassetteDefaults({});
  }
  const spans = await otel.collected();
  expect(spans.map(({ scope }) => scope).toSorted()).toEqual([
    "mine",
    "mine",
    "vitest-cassette",
    "vitest-cassette",
  ]);
  expect(tree(spans)).toEqual(["import", "import", "import > chat local", "import > chat local"]);
  expect(spans.find(({ name }) => name === "chat local")).toMatchObject({
    attributes: { "gen_ai.usage.input_tokens": 9, "cassette.replayed": false },
  });
});
