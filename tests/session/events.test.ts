import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Cassette } from "../../src/core.ts";
import type { CassetteEvent } from "../../src/events/event.ts";
import { eventOutputs } from "../../src/events/outputs.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import { tapes } from "./support.ts";

const KEY = "sk-proj-9fK2mQ7xVb4TnZ8wRc1LdY6hJp3GsA5e";

let server: ProviderServer;
beforeAll(async () => {
  server = await startProviderServer({
    script: ({ body }) => (Buffer.from(body).includes("key") ? { text: `It is ${KEY}, really.` } : undefined),
  });
});
afterAll(() => server.close());

async function chat(content: string): Promise<string> {
  const response = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ model: "gpt-5-mini", stream: true, messages: [{ role: "user", content }] }),
  });
  return response.text();
}

/** An agent with a step, a tool that sends a request itself, and a checkpoint. */
async function agent(cassette: Cassette): Promise<void> {
  const search = cassette.record("search", async ({ query }: { query: string }) => {
    await chat(`inside ${query}`);
    return { hits: 3 };
  });
  await cassette.step("plan", () => chat("What is a cassette?"));
  await search({ query: "tape" });
  cassette.checkpoint("done", { steps: 2 });
}

/** What a run has sent to those who listen. */
async function eventsOf(
  body: (cassette: Cassette) => Promise<unknown>,
  folder = tapes(),
): Promise<CassetteEvent[]> {
  const events: CassetteEvent[] = [];
  await folder.play("run", {}, async (cassette) => {
    cassette.on("*", (event) => events.push(event));
    await body(cassette);
  });
  return events;
}

async function recorded<T>(body: () => Promise<T>): Promise<T> {
  vi.stubEnv("RECORD", "1");
  return body().finally(() => vi.unstubAllEnvs());
}

/** An event in short: its type, what it is about, and what it happened in. */
function inShort(events: readonly CassetteEvent[]): readonly string[] {
  const names = new Map<string, string>();
  return events
    .filter(({ type }) => type !== "chunk")
    .map((event) => {
      const name = "name" in event ? event.name : "prompt" in event ? event.prompt : undefined;
      if (event.id !== undefined && name !== undefined) names.set(event.id, name);
      const about = event.type === "checkpoint" ? event.label : (names.get(event.id ?? "") ?? "");
      const parent = event.parent === undefined ? "" : ` in ${names.get(event.parent)}`;
      return `${event.type} ${about}${parent}`.trim();
    });
}

test("a replay sends the events of the recording", async () => {
  using folder = tapes();
  const first = await recorded(() => eventsOf(agent, folder));
  const second = await eventsOf(agent, folder);

  expect(inShort(first)).toEqual([
    "session_start",
    "step plan",
    "llm_call What is a cassette? in plan",
    "llm_result What is a cassette? in plan",
    "step plan",
    "tool_call search",
    "llm_call inside tape in search",
    "llm_result inside tape in search",
    "tool_result search",
    "checkpoint done",
    "session_end",
  ]);
  expect(inShort(second)).toEqual(inShort(first));
  for (const events of [first, second]) {
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    const chunks = events.filter((event) => event.type === "chunk");
    const results = events.filter((event) => event.type === "llm_result");
    for (const { id, text = "" } of results) {
      const shown = chunks.flatMap((chunk) => (chunk.id === id ? [chunk.text ?? ""] : [])).join("");
      // While recording, the last word waits for what follows it.
      if (events === second) expect(shown).toBe(text);
      else expect(text.startsWith(shown) && text.length - shown.length < 20, shown).toBe(true);
    }
  }
  expect(first.find(({ type }) => type === "llm_result")).toMatchObject({
    replayed: false,
    provider: "openai-compatible",
  });
  expect(second.find(({ type }) => type === "llm_result")).toMatchObject({
    replayed: true,
    finishReason: "stop",
  });
  expect(second.find(({ type }) => type === "tool_result")).toMatchObject({ output: { hits: 3 } });
});

test("listeners change nothing on the tape", async () => {
  using quiet = tapes();
  using loud = tapes();
  await recorded(() => quiet.play("run", {}, agent));
  await recorded(() => eventsOf(agent, loud));
  const shape = (text: string): string =>
    text
      .replaceAll(/\d+(\.\d+)?/g, "0")
      .replaceAll(/[A-Z][a-z]{2}, .*GMT/g, "")
      .replaceAll(/\s+/g, " ");
  expect(shape(loud.read("run"))).toBe(shape(quiet.read("run")));
});

test("a key that arrives in pieces never gets to a listener", async () => {
  using folder = tapes();
  const events = await recorded(() => eventsOf(() => chat("Which key?"), folder));
  const texts = events.flatMap((event) => (event.type === "chunk" ? [event.text ?? ""] : []));
  expect(texts.length).toBeGreaterThan(4);
  for (let length = 12; length <= KEY.length; length++) {
    expect(texts.join("")).not.toContain(KEY.slice(0, length));
  }
  expect(JSON.stringify(events)).not.toContain(KEY);
  expect(texts.join("")).toContain(", ");
});

test("an error of a listener fails the test at its end, and only there", async () => {
  using folder = tapes();
  await recorded(() => folder.play("run", {}, () => chat("a")));
  let text = "";
  const run = folder.play("run", {}, async (cassette) => {
    cassette.on("chunk", () => {
      throw new Error("no such pane");
    });
    text = await chat("a");
  });
  await expect(run).rejects.toThrow('A listener to "chunk" events failed: no such pane');
  expect(text).toContain("[DONE]");
});

test("a listener that never ends is not waited for, and is named", async () => {
  using folder = tapes();
  await recorded(() => folder.play("run", {}, () => chat("a")));
  const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  await folder.play("run", {}, async (cassette) => {
    cassette.on("llm_call", () => new Promise(() => undefined));
    await chat("a");
  });
  expect(warn.mock.calls.flat().join("\n")).toContain('a listener to "llm_call" events did not end');
  warn.mockRestore();
});

test("a listener that stopped hears nothing more, and a late one hears of the start", async () => {
  using folder = tapes();
  await recorded(() => folder.play("run", {}, () => chat("a")));
  const [early, late]: [string[], string[]] = [[], []];
  await folder.play("run", {}, async (cassette) => {
    const stop = cassette.on("*", ({ type }) => early.push(type));
    stop();
    await chat("a");
    cassette.on("session_start", ({ type }) => late.push(type));
  });
  expect(early).toEqual(["session_start"]);
  expect(late).toEqual(["session_start"]);
});

test("misses, bypassed requests and warnings are events", async () => {
  using folder = tapes();
  const events: CassetteEvent[] = [];
  const run = folder.play("none", {}, async (cassette) => {
    cassette.on("*", (event) => events.push(event));
    await chat("a").catch(() => undefined);
    await fetch(`${server.url}/elsewhere`).then((response) => response.text());
  });
  await expect(run).rejects.toThrow();
  const types = events.map(({ type }) => type);
  expect(types).toEqual(["session_start", "llm_call", "miss", "llm_result", "bypass", "session_end"]);
  expect(events[2]).toMatchObject({ parent: events[1]?.id });
  expect(events.at(-1)).toMatchObject({ failed: true });
  expect(events[4]).toMatchObject({ reason: "unrecognized loopback traffic" });
});

test("events of the code under test have no secrets, and large values are cut", async () => {
  using folder = tapes();
  await recorded(() => folder.play("run", {}, () => chat("a")));
  const events = await eventsOf(async (cassette) => {
    const id = cassette.emit({
      type: "tool_call",
      name: "lookup",
      input: { apiKey: KEY, page: "x".repeat(20_000) },
    });
    cassette.emit({ type: "tool_result", id, error: new Error(`refused ${KEY}`) });
    const circular: { self?: unknown } = {};
    circular.self = circular;
    cassette.emit({ type: "log", message: "odd", data: circular });
    await chat("a");
  }, folder);
  expect(JSON.stringify(events)).not.toContain(KEY);
  expect(events[1]).toMatchObject({
    type: "tool_call",
    name: "lookup",
    input: { length: expect.any(Number) },
  });
  expect(events[2]).toMatchObject({ type: "tool_result", id: events[1]?.id });
  expect(events[3]).toMatchObject({ type: "log", message: "odd" });
});

test("outputs get the events of every session; a dropped one is counted", async () => {
  using folder = tapes();
  await recorded(() => folder.play("run", {}, () => chat("a")));
  const sessions = new Set<string>();
  const output = {
    write: (event: { session: string; drop(): void }) => {
      sessions.add(event.session);
      event.drop();
    },
  };
  eventOutputs().add(output);
  try {
    for (let run = 0; run < 2; run++) await folder.play("run", {}, () => chat("a"));
  } finally {
    eventOutputs().delete(output);
  }
  expect(sessions.size).toBe(2);
});

test("a test's counters: events, bytes that it recorded, and the time that its cassette took", async () => {
  using folder = tapes();
  const recording = await recorded(() =>
    folder.play("run", {}, async (cassette) => {
      const text = await chat("Say something");
      const output = { write: (event: { drop(): void }) => event.drop() };
      const { bytesRecorded, events } = cassette.stats;
      expect(events).toEqual({ sent: 0, dropped: 0 });
      eventOutputs().add(output);
      cassette.emit({ type: "log", message: "a" });
      eventOutputs().delete(output);
      // The start of the session, too.
      expect(cassette.stats.events).toEqual({ sent: 2, dropped: 2 });
      return { bytesRecorded, length: Buffer.byteLength(text) };
    }),
  );
  expect(recording.bytesRecorded).toBe(recording.length);
  const before = performance.now();
  const [opened, asked] = await folder.play("run", {}, async (cassette) => {
    const { overhead } = cassette.stats;
    await chat("Say something");
    await new Promise((resolve) => setTimeout(resolve, 30));
    return [overhead, cassette.stats.overhead, expect(cassette.stats.bytesRecorded).toBe(0)];
  });
  expect(opened).toBeGreaterThan(0);
  expect(asked).toBeGreaterThan(opened);
  expect(asked).toBeLessThan(performance.now() - before - 29);
});
