import { trace } from "@opentelemetry/api";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Cassette } from "../../src/core.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import type { CollectedSpan } from "../support/otel-collector.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { ask, QUESTION, TAPE, tree, useOtel } from "./otel-support.ts";
import { tapes } from "./support.ts";

const otel = useOtel();

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());

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
  const spans = await otel.collected();
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

  await otel.meters.forceFlush();
  const replayed = { ...CHAT, "cassette.replayed": true };
  expect(otel.collector.metrics).toEqual([
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

  const [without, withContent] = await otel.collected();
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
  vi.stubEnv("RECORD", "1");
  await folder.play("run", { otel: { content: true } }, agent);
  vi.stubEnv("RECORD", "");
  const recorded = [...(await otel.collected())];
  otel.collector.spans.length = 0;
  await folder.play("run", { otel: { content: true } }, agent);
  const played = await otel.collected();

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
  const [refused, other] = (await otel.collected()).toSorted((a, b) => a.name.localeCompare(b.name));
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
  expect(tree(await otel.collected())).toEqual(["chat gpt-5-mini"]);
  await folder.play("run", { otel: true }, async (cassette) => {
    await ask();
    // The start, the request and its result.
    expect(cassette.stats.events.sent).toBe(3);
  });
});

test("a tracer and a meter of its own, and nothing if it is off", async () => {
  using folder = tapes();
  folder.write("run", TAPE);
  const tracer = otel.provider.getTracer("mine");
  const meter = otel.meters.getMeter("mine");
  await folder.play("run", { otel: false }, ask);
  await folder.play("run", { otel: { tracer, meter } }, ask);
  expect((await otel.collected()).map(({ scope }) => scope)).toEqual(["mine"]);
});
