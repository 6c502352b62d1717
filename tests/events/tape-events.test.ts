import { describe, expect, test } from "vitest";
import type { Interaction, Tape, TapeEntry } from "../../src/cassette/model.ts";
import { ChunkContentReader } from "../../src/events/chunk-content.ts";
import { eventsOfTape } from "../../src/events/tape-events.ts";
import { traceInteraction } from "../../src/providers/decode-stream.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const STREAM =
  'data: {"object":"chat.completion.chunk","model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"Grüße "}}]}\n\n' +
  'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"from Oslo"}}]}\n\n' +
  'data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","function":{"name":"weather","arguments":"{\\"city\\":\\"Oslo\\"}"}}]}}]}\n\n' +
  "data: [DONE]\n\n";

function chat(chunks: readonly Uint8Array[], at = 0): Interaction {
  return {
    kind: "request",
    at,
    request: {
      method: "POST",
      url: "https://api.openai.com/v1/chat/completions",
      headers: [],
      body: bytes('{"model":"gpt-5-mini","messages":[{"role":"user","content":"Hello?"}]}'),
    },
    response: {
      status: 200,
      statusText: "OK",
      headers: [["content-type", "text/event-stream"]],
      chunks,
      timing: { headers: 10, chunks: chunks.map((_, index) => 20 + index) },
      end: "complete",
    },
  };
}

const tape = (interactions: readonly TapeEntry[]): Tape => ({
  version: 1,
  recorded: { at: "2026-11-20T07:00:00.000Z", with: "vitest-cassette 0.1.0" },
  interactions,
});

describe("the content of chunks", () => {
  const whole = bytes(STREAM);
  const trace = traceInteraction(chat([whole]));

  test.each(Array.from({ length: whole.length - 1 }, (_, index) => index + 1))(
    "is the text of the stream, cut at byte %i",
    (cut) => {
      const interaction = chat([whole.subarray(0, cut), whole.subarray(cut)]);
      const reader = new ChunkContentReader(interaction.request, interaction.response);
      const parts = interaction.response.chunks.map((each) => reader.push({ at: 0, bytes: each }));
      parts.push(reader.end());
      expect(parts.map(({ text }) => text ?? "").join("")).toBe(trace.text);
      expect(parts.map((part) => part.arguments ?? "").join("")).toBe(trace.toolCalls[0]?.arguments);
    },
  );

  test("of a JSON body is known at its end", () => {
    const interaction = chat([]);
    const headers = [["content-type", "application/json"]] as const;
    const reader = new ChunkContentReader(interaction.request, { status: 200, headers });
    const body = '{"object":"chat.completion","choices":[{"message":{"role":"assistant","content":"Hi"}}]}';
    expect(reader.push({ at: 0, bytes: bytes(body) })).toEqual({});
    expect(reader.end()).toEqual({ text: "Hi" });
  });
});

describe("the events of a tape", () => {
  const entries: readonly TapeEntry[] = [
    { kind: "step", at: 0, name: "research", type: "agent", duration: 500 },
    { ...chat([bytes(STREAM)], 10), parent: "research" },
    {
      kind: "call",
      at: 100,
      name: "weather",
      type: "tool",
      form: "promise",
      input: { city: "Oslo" },
      output: { degrees: -3 },
      end: "complete",
      duration: 20,
      parent: "research",
    },
    { kind: "checkpoint", at: 200, label: "planned", value: [1] },
    {
      kind: "mcp",
      at: 300,
      method: "tools/list",
      type: "request",
      from: "client",
      error: { code: -32601, message: "no" },
      duration: 5,
    },
  ];
  const events = eventsOfTape(tape(entries), "cassettes/agent.yaml");

  test("come in the order of their times, numbered from 1", () => {
    expect(events.map(({ type }) => type)).toEqual([
      "session_start",
      "step",
      "llm_call",
      "chunk",
      "llm_result",
      "tool_call",
      "tool_result",
      "checkpoint",
      "tool_call",
      "tool_result",
      "step",
      "session_end",
    ]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(new Set(events.map(({ session }) => session))).toEqual(new Set(["cassettes/agent.yaml"]));
  });

  test("say what was asked and what the model said", () => {
    expect(events.find(({ type }) => type === "llm_call")).toMatchObject({
      time: Date.parse("2026-11-20T07:00:00.010Z"),
      parent: "research",
      provider: "openai",
      api: "chat",
      model: "gpt-5-mini",
      prompt: "Hello?",
    });
    expect(events.find(({ type }) => type === "llm_result")).toMatchObject({
      status: 200,
      text: "Grüße from Oslo",
      toolCalls: [{ id: "call_1", name: "weather", input: { city: "Oslo" } }],
      timing: { headers: 10, firstToken: 20, duration: 20 },
    });
  });

  test("link a result to its call", () => {
    const call = events.find((event) => event.type === "tool_call" && event.name === "weather");
    const result = events.find((event) => event.type === "tool_result" && event.name === "weather");
    expect(result).toMatchObject({ id: call?.id, output: { degrees: -3 }, duration: 20 });
  });

  test("are one session for each test of a shared tape", () => {
    const shared = [chat([bytes(STREAM)]), chat([bytes(STREAM)], 50)].map((entry, index) => ({
      ...entry,
      test: `test ${index}`,
    }));
    const starts = eventsOfTape(tape(shared), "shared.yaml").filter(({ type }) => type === "session_start");
    expect(starts).toMatchObject([{ test: "test 0" }, { test: "test 1" }]);
  });

  test("summarize a value that is too large", () => {
    const large = "x".repeat(20_000);
    const [, call] = eventsOfTape(
      tape([
        { kind: "call", at: 0, name: "f", type: "function", form: "value", input: large, end: "complete" },
      ]),
      "large.yaml",
    );
    expect(call).toMatchObject({ input: { summary: "x".repeat(1_024), length: 20_000 } });
  });
});
