import { createRequire } from "node:module";
import { createOpenAI } from "@ai-sdk/openai";
import { OpenTelemetry } from "@ai-sdk/otel";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { context, metrics, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BatchSpanProcessor, SimpleSpanProcessor, TracerProvider } from "@opentelemetry/sdk-trace";
import { generateText, isStepCount, tool } from "ai";
import OpenAI from "openai";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { type Cassette, createEmitter } from "../../src/core.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import { bypassReason } from "../../src/session/request-filter.ts";
import { cassetteDefaults } from "../../src/vitest/cassette-defaults.ts";
import { inMemory } from "../agents/mcp-transports.ts";
import { type CollectedSpan, type Collector, startCollector } from "../support/otel-collector.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { tapes } from "./support.ts";

let collector: Collector;
let provider: TracerProvider;
let meters: MeterProvider;
let server: ProviderServer;

beforeAll(async () => {
  [collector, server] = await Promise.all([startCollector(), startProviderServer()]);
  const exporter = new OTLPTraceExporter({ url: `${collector.url}/v1/traces` });
  provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] });
  meters = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: new OTLPMetricExporter({ url: `${collector.url}/v1/metrics` }),
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });
  trace.setGlobalTracerProvider(provider);
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterAll(async () => {
  await provider.shutdown();
  await meters.shutdown();
  for (const global of [trace, metrics, context]) global.disable();
  await Promise.all([collector.close(), server.close()]);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await provider.forceFlush();
  collector.spans.length = 0;
  collector.metrics.length = 0;
});

async function collected(): Promise<readonly CollectedSpan[]> {
  await provider.forceFlush();
  return collector.spans;
}

/** `parent > name`, for each span. */
function tree(spans: readonly CollectedSpan[]): readonly string[] {
  const path = (span: CollectedSpan): string => {
    const parent = spans.find(({ id }) => id === span.parent);
    return parent === undefined ? span.name : `${path(parent)} > ${span.name}`;
  };
  return spans.map(path).toSorted();
}

const QUESTION = "Why do programmers prefer dark mode?";

const TAPE = `cassette: 1
interactions:
  - request:
      method: POST
      url: https://api.openai.com/v1/chat/completions
      headers: { content-type: application/json }
      body:
        model: gpt-5-mini
        messages: [{ role: system, content: Be brief. }, { role: user, content: "${QUESTION}" }]
        stream: true
    response:
      status: 200
      headers: { content-type: text/event-stream }
      timing: { headers: 310.2, chunks: [412.3, 433.1, 455, 455] }
      body: |+
        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[{"index":0,"delta":{"content":"Light attracts "}}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[{"index":0,"delta":{"content":"bugs."},"finish_reason":"stop"}]}

        data: {"id":"chatcmpl-1","object":"chat.completion.chunk","model":"gpt-5-mini-2026","choices":[],"usage":{"prompt_tokens":21,"completion_tokens":7,"total_tokens":28,"prompt_tokens_details":{"cached_tokens":5}}}

        data: [DONE]

`;

async function ask(): Promise<string> {
  const stream = await new OpenAI({ apiKey: "k" }).chat.completions.create({
    model: "gpt-5-mini",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: QUESTION },
    ],
    stream: true,
  });
  let text = "";
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
  return text;
}

const CHAT = {
  "gen_ai.operation.name": "chat",
  "gen_ai.provider.name": "openai",
  "gen_ai.request.model": "gpt-5-mini",
  "gen_ai.response.model": "gpt-5-mini-2026",
  "server.address": "api.openai.com",
  "server.port": 443,
};

test("a request that is played is a span with the recorded times, in the span of the test", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const text = await trace
    .getTracer("tests")
    .startActiveSpan("my test", (span) => folder.play("run", { otel: true }, ask).finally(() => span.end()));

  expect(text).toBe("Light attracts bugs.");
  const spans = await collected();
  expect(tree(spans)).toEqual(["my test", "my test > chat gpt-5-mini"]);
  const { id, trace: _, parent, startedAt, ...span } = spans.find(({ kind }) => kind === 3) as CollectedSpan;
  expect(span).toEqual({
    name: "chat gpt-5-mini",
    scope: "vitest-cassette",
    kind: 3,
    duration: expect.closeTo(455, 2),
    attributes: {
      ...CHAT,
      "gen_ai.request.stream": true,
      "gen_ai.response.id": "chatcmpl-1",
      "gen_ai.response.finish_reasons": ["stop"],
      "gen_ai.response.time_to_first_chunk": 0.4123,
      "gen_ai.usage.input_tokens": 21,
      "gen_ai.usage.output_tokens": 7,
      "gen_ai.usage.cache_read.input_tokens": 5,
      "cassette.replayed": true,
      "cassette.session": expect.stringMatching(/^run/),
    },
    events: [],
    status: { code: 0 },
  });

  await meters.forceFlush();
  const replayed = { ...CHAT, "cassette.replayed": true };
  expect(collector.metrics).toEqual([
    {
      name: "gen_ai.client.operation.duration",
      unit: "s",
      points: [{ count: 1, sum: 0.455, attributes: replayed }],
    },
    {
      name: "gen_ai.client.operation.time_to_first_chunk",
      unit: "s",
      points: [{ count: 1, sum: 0.4123, attributes: replayed }],
    },
    {
      name: "gen_ai.client.token.usage",
      unit: "{token}",
      points: [
        { count: 1, sum: 21, attributes: { ...replayed, "gen_ai.token.type": "input" } },
        { count: 1, sum: 7, attributes: { ...replayed, "gen_ai.token.type": "output" } },
      ],
    },
  ]);
});

test.each([
  { name: "the option", options: { content: true }, variable: undefined },
  { name: "the variable of the conventions", options: {}, variable: "span_only" },
])("content is on spans only if $name asks for it", async ({ options, variable }) => {
  using folder = tapes();
  folder.write("run", TAPE);
  await folder.play("run", { otel: { content: false } }, ask);
  vi.stubEnv("OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT", variable);
  await folder.play("run", { otel: options }, ask);

  const [without, withContent] = await collected();
  expect(JSON.stringify(without)).not.toContain("bugs");
  const { attributes } = withContent as CollectedSpan;
  const parsed = (name: string): unknown => JSON.parse(attributes[`gen_ai.${name}.messages`] as string);
  expect(parsed("input")).toEqual([
    { role: "system", parts: [{ type: "text", content: "Be brief." }] },
    { role: "user", parts: [{ type: "text", content: QUESTION }] },
  ]);
  expect(parsed("output")).toEqual([
    { role: "assistant", parts: [{ type: "text", content: "Light attracts bugs." }], finish_reason: "stop" },
  ]);
});

/** An agent whose tools are wrapped, with a part that fails. */
async function agent(cassette: Cassette): Promise<void> {
  const { lookUp } = cassette.wrap({ lookUp: async ({ city }: { city: string }) => ({ city, celsius: 20 }) });
  await cassette.step(
    "forecaster",
    async () => {
      await lookUp({ city: "Lyon" });
      cassette.checkpoint("looked up");
      await cassette.step("write", () => post("/v1/chat/completions", { model: "gpt-5-mini", messages: [] }));
    },
    { kind: "agent" },
  );
  const fail = cassette.wrap({
    fail: async (): Promise<never> => {
      throw new RangeError("No such city.");
    },
  }).fail;
  await fail().catch(() => undefined);
}

async function post(path: string, body: object): Promise<void> {
  const response = await fetch(server.url + path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  await response.text();
}

test("steps, tools and requests are one tree, recorded and played", async () => {
  using folder = tapes();
  const otel = { content: true };
  vi.stubEnv("RECORD", "1");
  await folder.play("run", { otel }, agent);
  vi.stubEnv("RECORD", "");
  const recorded = [...(await collected())];
  collector.spans.length = 0;
  await folder.play("run", { otel }, agent);
  const played = await collected();

  for (const spans of [recorded, played]) {
    const replayed = spans === played;
    expect(tree(spans)).toEqual([
      "execute_tool fail",
      "invoke_agent forecaster",
      "invoke_agent forecaster > execute_tool lookUp",
      "invoke_agent forecaster > write",
      "invoke_agent forecaster > write > chat gpt-5-mini",
    ]);
    const named = (name: string): CollectedSpan => spans.find((span) => span.name === name) as CollectedSpan;
    expect(named("execute_tool lookUp")).toMatchObject({
      kind: 1,
      attributes: {
        "gen_ai.operation.name": "execute_tool",
        "gen_ai.tool.name": "lookUp",
        "gen_ai.tool.type": "function",
        "gen_ai.tool.call.arguments": '{"city":"Lyon"}',
        "gen_ai.tool.call.result": '{"city":"Lyon","celsius":20}',
        "cassette.replayed": replayed,
      },
    });
    expect(named("execute_tool fail")).toMatchObject({
      attributes: { "error.type": "RangeError" },
      status: { code: 2, message: "No such city." },
    });
    expect(named("invoke_agent forecaster")).toMatchObject({
      attributes: { "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "forecaster" },
      events: ["cassette.checkpoint"],
    });
    expect(named("chat gpt-5-mini").attributes["cassette.replayed"]).toBe(replayed);
  }
  const duration = (spans: readonly CollectedSpan[]): number | undefined =>
    spans.find(({ name }) => name === "chat gpt-5-mini")?.duration;
  // The tape has tenths of milliseconds.
  expect(duration(played)).toBeCloseTo(duration(recorded) as number, 0);
});

test("requests that fail, and requests to anything but a model", async () => {
  using folder = tapes();
  const failing = await startProviderServer({ script: () => ({ status: 429 }) });
  vi.stubEnv("RECORD", "1");
  await folder.play("run", { otel: true, include: [server.url] }, async () => {
    await new OpenAI({ apiKey: "k", baseURL: `${failing.url}/v1`, maxRetries: 0 }).responses
      .create({ model: "gpt-5-mini", input: "Hi" })
      .catch(() => undefined);
    await fetch(`${server.url}/elsewhere?key=1`).then((response) => response.text());
  });
  await failing.close();
  const [refused, other] = (await collected()).toSorted((a, b) => a.name.localeCompare(b.name));
  expect(refused).toMatchObject({
    name: "chat gpt-5-mini",
    attributes: { "error.type": expect.stringMatching(/rate_limit|429/) },
    status: { code: 2 },
  });
  expect(other).toMatchObject({
    name: "GET",
    kind: 3,
    attributes: { "http.request.method": "GET", "http.response.status_code": 404, "error.type": "404" },
  });
});

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
  const spans = await collected();

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

test("another output gets the same events, and spans need no chunks", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const types: string[] = [];
  const output = { write: (event: { type: string }) => void types.push(event.type) };
  eventOutputs().add(output);
  try {
    await folder.play("run", { otel: true }, ask);
  } finally {
    eventOutputs().delete(output);
  }
  expect(types).toEqual([
    "session_start",
    "llm_call",
    ...Array(4).fill("chunk"),
    "llm_result",
    "session_end",
  ]);
  expect(tree(await collected())).toEqual(["chat gpt-5-mini"]);
  await folder.play("run", { otel: true }, async (cassette) => {
    await ask();
    // The start, the request and its result.
    expect(cassette.stats.events.sent).toBe(3);
  });
});

test("a tracer and a meter of its own, and nothing if it is off", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const tracer = provider.getTracer("mine");
  const meter = meters.getMeter("mine");
  await folder.play("run", { otel: false }, ask);
  await folder.play("run", { otel: { tracer, meter } }, ask);
  expect((await collected()).map(({ scope }) => scope)).toEqual(["mine"]);
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
  const spans = await collected();
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
  const [span] = await collected();
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
  const spans = await collected();
  expect(spans.find(({ name }) => name === "chat local")).toMatchObject({
    attributes: { "gen_ai.provider.name": "mine", "cassette.unfinished": true },
    status: { code: 0 },
  });
  expect(spans.find(({ name }) => name === "execute_tool search")?.duration).toBeCloseTo(1234, 1);
});

test("an emitter sends spans, through the tracer of the project's setup file as well", async () => {
  cassetteDefaults({ otel: { tracer: provider.getTracer("mine") } });
  try {
    for (const otel of [undefined, true, false]) {
      const emitter = createEmitter({ session: "nightly import", otel });
      const step = emitter.emit({ type: "step", name: "import", kind: "task", phase: "start" });
      const id = emitter.llmCall({ model: "local", provider: "mine", parent: step });
      emitter.llmResult(id, { usage: { inputTokens: 9, outputTokens: 3 }, duration: 250 });
      emitter.emit({ type: "step", id: step, name: "import", phase: "end" });
      emitter.end();
    }
  } finally {
    cassetteDefaults({});
  }
  const spans = await collected();
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

test("an exporter's requests are never the test's", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  await folder.play("run", { otel: true, include: [] }, async (cassette) => {
    await ask();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await provider.forceFlush();
    expect(cassette.bypassed.map(({ reason }) => reason)).toEqual(["telemetry"]);
  });
  expect(collector.spans).toHaveLength(1);
});

test("a provider that another version of the API hides is a warning, and a tracer that throws an error", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const key = Symbol.for("opentelemetry.js.api.1");
  const global = globalThis as { [key: symbol]: unknown };
  const registered = global[key];
  global[key] = undefined;
  // The AI SDK's package has an older one of its own.
  const older = createRequire(import.meta.resolve("@ai-sdk/otel"))("@opentelemetry/api") as {
    trace: typeof trace;
  };
  try {
    older.trace.setGlobalTracerProvider(provider);
    await folder.play("run", { otel: true }, ask);
  } finally {
    global[key] = registered;
  }
  expect(await collected()).toEqual([]);
  expect(warn.mock.calls.flat().join()).toMatch(
    /Spans are lost: .* through @opentelemetry\/api 1\.9\.\d.* pass otel: \{ tracer \}/,
  );
  warn.mockRestore();

  const tracer = {
    startSpan() {
      throw new Error("no disk");
    },
  };
  await expect(folder.play("run", { otel: { tracer } }, ask)).rejects.toThrow(
    "Failed to write spans: no disk",
  );
});

test("only an exporter's requests are telemetry, over gRPC as well", () => {
  const reason = (path: string, agent: string) => {
    const url = `https://collector.example${path}`;
    const request = () => new Request(url, { method: "POST", headers: { "user-agent": agent } });
    return bypassReason({ method: "POST", url, request }, { include: [], ignore: [] });
  };
  const agent = "mine/1 OTel-OTLP-Exporter-JavaScript/0.301.0";
  expect(reason("/v1/metrics", agent)).toBe("telemetry");
  expect(reason("/opentelemetry.proto.collector.trace.v1.TraceService/Export", agent)).toBe("telemetry");
  expect(reason("/v1/traces", "node")).toBeUndefined();
  expect(reason("/v1/traces/chat", "node")).toBeUndefined();
  expect(reason("/v1/chat/completions", agent)).toBeUndefined();
});

test("an exporter reaches a collector on another machine while a test replays", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const { port } = new URL(collector.url);
  const lookup = (_: string, __: object, found: (error: null, all: object[]) => void): void =>
    found(null, [{ address: "127.0.0.1", family: 4 }]);
  const exporter = new OTLPTraceExporter({
    url: `http://collector.example:${port}/v1/traces`,
    httpAgentOptions: { lookup } as never,
  });
  const remote = new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] });
  await folder.play("run", { otel: { tracer: remote.getTracer("remote") } }, async (cassette) => {
    await ask();
    while (collector.spans.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(cassette.bypassed).toEqual([
      { url: `http://collector.example:${port}/v1/traces`, count: 1, reason: "telemetry" },
    ]);
  });
  await remote.shutdown();
  expect(collector.spans.map(({ name }) => name)).toEqual(["chat gpt-5-mini"]);
});
