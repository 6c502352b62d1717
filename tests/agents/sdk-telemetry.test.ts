import { tracingChannel } from "node:diagnostics_channel";
import { createOpenAI } from "@ai-sdk/openai";
import { generateText, isStepCount, streamText, tool } from "ai";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Cassette } from "../../src/core.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { type AgentTape, agentTape } from "./support.ts";

const KEY = "sk-proj-9fK2mQ7xVb4TnZ8wRc1LdY6hJp3GsA5e";
const QUESTION = "What is the weather in Lyon, and what is the time there?";
const city = z.object({ city: z.string() });
const channel = tracingChannel("ai:telemetry");

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer();
});
afterAll(() => server.close());
afterEach(() => vi.unstubAllEnvs());

const tools = () => ({
  weather: tool({
    description: "The weather",
    inputSchema: city,
    execute: async ({ city: asked }) => {
      const response = await fetch(`${server.url}/v1/embeddings`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ model: "text-embedding-3-small", input: asked }),
      });
      await response.text();
      return { celsius: 20, apiKey: KEY, page: "x".repeat(20_000) };
    },
  }),
  clock: tool({
    description: "The time",
    inputSchema: city,
    execute: async (): Promise<string> => {
      throw new RangeError(`The clock refused ${KEY}`);
    },
  }),
});

type Tools = ReturnType<typeof tools>;
type Agent = (given: Tools) => Promise<string>;

const model = () => createOpenAI({ apiKey: "k", baseURL: `${server.url}/v1` }).chat("gpt-5-mini");

const generate: Agent = async (given) =>
  (await generateText({ model: model(), prompt: QUESTION, tools: given, stopWhen: isStepCount(3) })).text;

const stream: Agent = async (given) => {
  const result = streamText({
    model: model(),
    prompt: QUESTION,
    tools: given,
    stopWhen: isStepCount(3),
    telemetry: { functionId: "forecaster" },
  });
  return result.text;
};

/** What a run has sent to those who listen. */
async function eventsOf(
  tape: AgentTape,
  how: "record" | "play",
  body: (cassette: Cassette) => unknown,
): Promise<readonly CassetteEvent[]> {
  const events: CassetteEvent[] = [];
  await tape[how](async (cassette) => {
    cassette.on("*", (event) => events.push(event));
    await body(cassette);
  });
  return events;
}

/** An event in short: its type, what it is about, and what it happened in. */
function inShort(events: readonly CassetteEvent[]): readonly string[] {
  const names = new Map<string, string>();
  return events
    .filter(({ type }) => type !== "chunk")
    .map((event) => {
      const name = "name" in event ? event.name : "model" in event ? (event.model ?? "") : "";
      const about = names.get(event.id ?? "") ?? name;
      if (event.id !== undefined) names.set(event.id, about);
      const phase = event.type === "step" ? ` ${event.phase}` : "";
      const parent = event.parent === undefined ? "" : ` in ${names.get(event.parent)}`;
      return `${event.type} ${about}${phase}${parent}`.trim();
    });
}

const EXPECTED = (name: string) => [
  "session_start",
  `step ${name} start`,
  `step step 1 start in ${name}`,
  "llm_call gpt-5-mini in step 1",
  "llm_result gpt-5-mini in step 1",
  "tool_call weather in step 1",
  "tool_call clock in step 1",
  "llm_call text-embedding-3-small in weather",
  "llm_result text-embedding-3-small in weather",
  "tool_result clock in step 1",
  "tool_result weather in step 1",
  `step step 1 end in ${name}`,
  `step step 2 start in ${name}`,
  "llm_call gpt-5-mini in step 2",
  "llm_result gpt-5-mini in step 2",
  `step step 2 end in ${name}`,
  `step ${name} end`,
  "session_end",
];

describe.each([
  { name: "generateText", agent: generate },
  { name: "forecaster", agent: stream },
])("$name", ({ name, agent }) => {
  test.each([
    { tools: "unwrapped", given: () => tools() },
    { tools: "wrapped", given: (cassette: Cassette) => cassette.wrap(tools()) },
  ])("steps and $tools tools are events, each once and with its parent", async ({ tools: kind, given }) => {
    using tape = agentTape();
    const recorded = await eventsOf(tape, "record", (cassette) => agent(given(cassette)));
    const played = await eventsOf(tape, "play", (cassette) => agent(given(cassette)));

    for (const events of [recorded, played]) {
      expect(inShort(events).toSorted()).toEqual(EXPECTED(name).toSorted());
      expect(JSON.stringify(events)).not.toContain(KEY);
      expect(events.find((event) => event.type === "tool_call" && event.name === "weather")).toMatchObject({
        kind: "tool",
        callId: expect.stringMatching(/^call_/),
        input: { city: expect.any(String) },
      });
      const results = events.filter((event) => event.type === "tool_result");
      expect(results.find((event) => event.name === "weather")).toMatchObject({
        output: { summary: expect.stringContaining("celsius"), length: expect.any(Number) },
        replayed: events === played && kind === "wrapped",
        duration: expect.any(Number),
      });
      expect(results.find((event) => event.name === "clock")).toMatchObject({
        error: { name: "RangeError", message: expect.stringContaining("The clock refused") },
      });
      expect(events.find(({ type }) => type === "step")).toMatchObject({ kind: "agent" });
    }
  });
});

test("two calls of one wrapped tool at once keep their own requests", async () => {
  using tape = agentTape();
  const twice = (cassette: Cassette) => {
    const { weather } = cassette.wrap(tools());
    return generate({ weather, clock: weather } as unknown as Tools);
  };
  const events = await eventsOf(tape, "record", twice);
  const calls = events.filter((event) => event.type === "tool_call");
  const parents = events.flatMap((event) =>
    event.type === "llm_call" && event.url?.endsWith("/embeddings") ? [event.parent] : [],
  );
  // The tool has been recorded as "weather": called as "clock", it is another call inside of that.
  expect(calls.map((event) => event.name)).toEqual(["weather", "clock", "weather"]);
  expect(parents.toSorted()).toEqual([calls[0]?.id, calls[2]?.id].toSorted());
  expect(calls[2]?.parent).toBe(calls[1]?.id);
});

test("a listener changes nothing on the tape", async () => {
  using quiet = agentTape();
  using loud = agentTape();
  const body = (cassette: Cassette) => generate(cassette.wrap(tools()));
  await quiet.record(body);
  await eventsOf(loud, "record", body);
  const shape = ({ entries }: AgentTape) =>
    entries.map((entry) => [entry.kind, entry.parent, "name" in entry ? entry.name : undefined]);
  expect(shape(loud)).toEqual(shape(quiet));
});

test("the AI SDK's telemetry is subscribed to only while somebody listens", async () => {
  using tape = agentTape();
  await tape.record(async (cassette) => {
    expect(channel.hasSubscribers).toBe(false);
    const [first, second] = [cassette.on("step", () => undefined), cassette.on("log", () => undefined)];
    expect(channel.hasSubscribers).toBe(true);
    first();
    expect(channel.hasSubscribers).toBe(true);
    second();
    expect(channel.hasSubscribers).toBe(false);
    cassette.on("tool_call", () => undefined);
    await generate(tools());
    expect(channel.hasSubscribers).toBe(true);
  });
  expect(channel.hasSubscribers).toBe(false);
});

test("each of two tests at once gets its own steps", async () => {
  using one = agentTape();
  using other = agentTape();
  const [first, second] = await Promise.all([
    eventsOf(one, "record", () => generate(tools())),
    eventsOf(other, "record", () => stream(tools())),
  ]);
  expect(inShort(first).toSorted()).toEqual(EXPECTED("generateText").toSorted());
  expect(inShort(second).toSorted()).toEqual(EXPECTED("forecaster").toSorted());
});

test("a model that fails is an error of its steps", async () => {
  const failing = await startProviderServer({ script: () => ({ status: 400 }) });
  using tape = agentTape();
  const events = await eventsOf(tape, "record", () =>
    generateText({
      model: createOpenAI({ apiKey: "k", baseURL: `${failing.url}/v1` }).chat("gpt-5-mini"),
      prompt: QUESTION,
    }).catch(() => undefined),
  );
  await failing.close();
  const ends = events.filter((event) => event.type === "step" && event.phase === "end");
  expect(ends).toHaveLength(2);
  for (const end of ends) expect(end).toMatchObject({ error: { name: "AI_APICallError" } });
});
