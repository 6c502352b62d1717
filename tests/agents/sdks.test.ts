import { createOpenAI } from "@ai-sdk/openai";
import type { BaseMessage } from "@langchain/core/messages";
import { tool as langChainTool } from "@langchain/core/tools";
import { createReactAgent } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { Agent, tool as agentTool, OpenAIProvider, Runner } from "@openai/agents";
import { generateText, isStepCount, streamText, tool } from "ai";
import { afterEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Cassette } from "../../src/core.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { agentTape } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

const QUESTION = "What is the weather in Lyon, and what is the time there?";
const city = z.object({ city: z.string() });

/** An agent with two tools: what it answers, and how often its tools ran. */
interface Example {
  readonly name: string;
  run(url: string, cassette: Cassette, ran: (tool: string) => void): Promise<unknown>;
}

const aiTools = (ran: (tool: string) => void) => ({
  weather: tool({
    description: "The weather",
    inputSchema: city,
    execute: async (input) => {
      ran("weather");
      return { ...input, celsius: 20 };
    },
  }),
  clock: tool({
    description: "The time",
    inputSchema: city,
    async *execute(input) {
      ran("clock");
      yield { status: "loading" };
      yield { ...input, time: "noon" };
    },
  }),
});

const EXAMPLES: readonly Example[] = [
  {
    name: "the AI SDK's generateText",
    async run(url, cassette, ran) {
      const model = createOpenAI({ apiKey: "k", baseURL: `${url}/v1` }).chat("gpt-5-mini");
      const tools = cassette.wrap(aiTools(ran));
      const { text, steps } = await generateText({
        model,
        prompt: QUESTION,
        tools,
        stopWhen: isStepCount(3),
      });
      return { text, outputs: steps.flatMap(({ toolResults }) => toolResults.map(({ output }) => output)) };
    },
  },
  {
    name: "the AI SDK's streamText",
    async run(url, cassette, ran) {
      const model = createOpenAI({ apiKey: "k", baseURL: `${url}/v1` })("gpt-5-mini");
      const tools = cassette.wrap(aiTools(ran));
      const result = streamText({ model, prompt: QUESTION, tools, stopWhen: isStepCount(3) });
      const parts: unknown[] = [];
      for await (const part of result.stream) {
        if (part.type === "tool-result") parts.push([part.toolName, part.output, part.preliminary]);
      }
      return { text: await result.text, parts: parts.map((part) => JSON.stringify(part)).toSorted() };
    },
  },
  {
    name: "@openai/agents",
    async run(url, cassette, ran) {
      const tools = cassette.wrap([
        agentTool({
          name: "weather",
          description: "The weather",
          parameters: city,
          execute: async (input) => {
            ran("weather");
            return { ...input, celsius: 20 };
          },
        }),
        agentTool({
          name: "clock",
          description: "The time",
          parameters: city,
          execute: async () => {
            ran("clock");
            throw new Error("The clock is broken.");
          },
        }),
      ]);
      const provider = new OpenAIProvider({ apiKey: "k", baseURL: `${url}/v1`, useResponses: false });
      const runner = new Runner({ modelProvider: provider, tracingDisabled: true });
      const agent = new Agent({ name: "Assistant", model: "gpt-5-mini", tools });
      const { finalOutput, newItems } = await runner.run(agent, QUESTION);
      return {
        finalOutput,
        outputs: newItems.flatMap((item) => (item.type === "tool_call_output_item" ? [item.output] : [])),
      };
    },
  },
  {
    name: "LangChain",
    async run(url, cassette, ran) {
      const tools = cassette.wrap(langChainTools(ran));
      const model = chatModel(url).bindTools(tools);
      const asked = await model.invoke(QUESTION);
      const results = await Promise.all(
        (asked.tool_calls ?? []).map((call) =>
          tools.find(({ name }) => name === call.name)?.invoke({ ...call, type: "tool_call" }),
        ),
      );
      const said = await model.invoke([["human", QUESTION], asked, ...(results as BaseMessage[])]);
      return { text: said.text, results: results.map(shown) };
    },
  },
  {
    name: "LangGraph",
    async run(url, cassette, ran) {
      const tools = cassette.wrap(langChainTools(ran));
      const agent = createReactAgent({ llm: chatModel(url), tools });
      const { messages } = await agent.invoke({ messages: [["human", QUESTION]] });
      return messages.map(shown);
    },
  },
];

function langChainTools(ran: (tool: string) => void) {
  return [
    langChainTool(
      async (input) => {
        ran("weather");
        return JSON.stringify({ ...input, celsius: 20 });
      },
      { name: "weather", description: "The weather", schema: city },
    ),
    langChainTool(
      async () => {
        ran("clock");
        return "noon";
      },
      { name: "clock", description: "The time", schema: city },
    ),
  ];
}

function chatModel(url: string): ChatOpenAI {
  return new ChatOpenAI({ model: "gpt-5-mini", apiKey: "k", configuration: { baseURL: `${url}/v1` } });
}

function shown(message: unknown): unknown {
  const { name, content } = message as { name?: string; content: unknown };
  return { type: (message as object).constructor.name, name, content };
}

describe.for(EXAMPLES)("$name", ({ run }) => {
  test("plays its tools and the model without running or reaching either", async () => {
    const server: ProviderServer = await startProviderServer();
    using tape = agentTape({ include: [server.url] });
    const ran: string[] = [];
    const recorded = await tape.record((cassette) => run(server.url, cassette, (name) => ran.push(name)));
    await server.close();
    expect(ran.toSorted()).toEqual(["clock", "weather"]);
    const calls = tape.entries.filter((entry) => entry.kind === "call");
    expect(calls.map(({ name, type }) => `${type} ${name}`).toSorted()).toEqual([
      "tool clock",
      "tool weather",
    ]);
    expect(calls.map(({ input }) => input)).toEqual([
      { city: expect.any(String) },
      { city: expect.any(String) },
    ]);

    const played = await tape.play((cassette) => run(server.url, cassette, (name) => ran.push(name)));
    expect(ran).toHaveLength(2);
    expect(JSON.stringify(played)).toBe(JSON.stringify(recorded));
  });
});

test.for(EXAMPLES)(
  "concurrent runs of $name keep their tools apart",
  { timeout: 30_000 },
  async ({ run }) => {
    const server: ProviderServer = await startProviderServer();
    using one = agentTape({ include: [server.url] });
    using two = agentTape({ include: [server.url] });
    const ran: string[] = [];
    const both = (way: "record" | "play"): Promise<unknown[]> =>
      Promise.all(
        [one, two].map((tape) =>
          tape[way]((cassette) => run(server.url, cassette, (name) => ran.push(name))),
        ),
      );
    const recorded = await both("record");
    await server.close();
    expect(ran).toHaveLength(4);
    expect(await both("play")).toEqual(recorded);
    expect(ran).toHaveLength(4);
  },
);

test("a tool that asks a model plays without either", async () => {
  const server: ProviderServer = await startProviderServer();
  using tape = agentTape({ include: [server.url] });
  const model = createOpenAI({ apiKey: "k", baseURL: `${server.url}/v1` }).chat("gpt-5-mini");
  let ran = 0;
  const run = async (cassette: Cassette): Promise<string> => {
    const summarize = tool({
      description: "Summarizes",
      inputSchema: z.object({ text: z.string() }),
      execute: async ({ text }) => {
        ran++;
        return (await generateText({ model, prompt: `Summarize: ${text}` })).text;
      },
    });
    const tools = cassette.wrap({ summarize });
    return (await generateText({ model, prompt: "Sum it up.", tools, stopWhen: isStepCount(3) })).text;
  };
  const recorded = await tape.record(run);
  expect(tape.entries.map(({ kind, parent }) => `${kind} ${parent ?? ""}`.trim())).toEqual([
    "request",
    "call",
    "request summarize",
    "request",
  ]);
  await server.close();
  expect(await tape.play(run)).toBe(recorded);
  expect(ran).toBe(1);
});
