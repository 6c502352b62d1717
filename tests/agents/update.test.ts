import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { idOf, type RecordedMcp, type TapeEntry } from "../../src/cassette/model.ts";
import type { Cassette } from "../../src/core.ts";
import { inMemory } from "./mcp-transports.ts";
import { type EchoServer, echoServer } from "./server.ts";
import { type AgentTape, agentTape } from "./support.ts";

const server: EchoServer = await echoServer();
beforeEach(() => void server.asked.splice(0));
afterEach(() => vi.unstubAllEnvs());
afterAll(() => server.close());

const options = { include: [server.url] };

/** `/search/a in search`: the name of an entry, and its parent. */
const outline = ({ entries }: AgentTape): readonly string[] => entries.map(named);
function named(entry: TapeEntry): string {
  const name =
    entry.kind === "request"
      ? new URL(entry.request.url).pathname
      : entry.kind === "call"
        ? `${idOf(entry)}(${entry.input})`
        : entry.kind === "checkpoint"
          ? `${entry.label}: ${entry.value}`
          : entry.kind === "mcp"
            ? `${entry.from} ${entry.method}`
            : String(idOf(entry));
  return entry.parent === undefined ? name : `${name} in ${entry.parent}`;
}

/** Updates the tape, and checks that the result plays without a difference. Returns how often something ran. */
async function update(
  tape: AgentTape,
  run: (cassette: Cassette) => Promise<unknown>,
  ran: () => number,
): Promise<number> {
  const before = ran();
  const updated = await tape.record(run, {}, "update");
  const times = ran() - before;
  expect(await tape.play(run)).toEqual(updated);
  expect(ran() - before).toBe(times);
  const { text } = tape;
  await tape.record(run, {}, "update");
  expect(tape.text).toBe(text);
  return times;
}

test("a changed call is re-recorded together with its requests; other calls are played", async () => {
  using tape = agentTape(options);
  const asking =
    (...questions: readonly string[]) =>
    async ({ record }: Cassette): Promise<readonly string[]> => {
      const search = record("search", (q: string) => server.ask(`/search/${q}`));
      const found: string[] = [];
      for (const question of questions) found.push(await search(question));
      return found;
    };
  await tape.record(asking("a", "b", "c"));
  expect(await update(tape, asking("a", "new", "c"), () => server.asked.length)).toBe(1);
  expect(outline(tape)).toEqual([
    "search(a)",
    "/search/a in search",
    "search 4(new)",
    "/search/new in search 4",
    "search 3(c)",
    "/search/c in search 3",
  ]);
  expect(await update(tape, asking("c"), () => server.asked.length)).toBe(0);
  expect(outline(tape)).toEqual(["search 3(c)", "/search/c in search 3"]);
});

test("a call that moved to another step belongs to the new step", async () => {
  using tape = agentTape(options);
  const inStep = (name: string) => (cassette: Cassette) =>
    cassette.step(name, async () => {
      cassette.checkpoint("asked", 1);
      return cassette.record("get", async (id: number) => id)(Number((await server.ask("/1")).slice(1)));
    });
  await tape.record(inStep("research"));
  expect(await update(tape, inStep("find"), () => server.asked.length)).toBe(0);
  expect(outline(tape)).toEqual(["find", "asked: 1 in find", "/1 in find", "get(1) in find"]);
  expect(
    await update(
      tape,
      async (cassette) => server.ask("/1").then(() => cassette.name),
      () => 0,
    ),
  ).toBe(0);
  expect(outline(tape)).toEqual(["/1"]);
});

test("the value of a checkpoint and the result of a live call are updated in place", async () => {
  using tape = agentTape({ calls: { now: "live" } });
  const at = (value: number) => (cassette: Cassette) =>
    cassette.step("step", async () => {
      const result = cassette.record("now", async (_: string) => value)("x");
      cassette.checkpoint("value", value);
      return result;
    });
  await tape.record(at(1));
  await expect(tape.play(at(2))).rejects.toThrow(/record it: RECORD=update/);
  await update(tape, at(2), () => 0);
  expect(outline(tape)).toEqual(["step", "now(x) in step", "value: 2 in step"]);
  expect(tape.entries[1]).toMatchObject({ output: 2, duration: expect.any(Number) });
  const failing = (cassette: Cassette): unknown => {
    cassette.checkpoint("value", 3);
    throw new Error("it failed");
  };
  const { text } = tape;
  await expect(tape.record(failing, {}, "update")).rejects.toThrow("it failed");
  expect(tape.text).toBe(text);
});

test("a changed MCP message is re-recorded together with the server's messages for it", async () => {
  using tape = agentTape();
  let started = 0;
  const ask = (topic: string) => async (cassette: Cassette) => {
    const { transport, starts } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    const name = topic === "" ? "add" : "research";
    const args = topic === "" ? { a: 1, b: 2 } : { topic };
    const { content } = (await client.callTool({ name, arguments: args }).catch(String)) as {
      content: unknown;
    };
    await client.close();
    started += starts();
    return content;
  };
  await tape.record(ask("tea"));
  expect(await update(tape, ask(""), () => started)).toBe(1);
  const last = tape.entries.at(-1) as RecordedMcp;
  expect(last.params).toEqual({ name: "add", arguments: { a: 1, b: 2 } });
  expect(outline(tape)).toEqual([
    "client initialize",
    "client notifications/initialized",
    "client tools/call",
  ]);
});

test("liveAfter updates the part that it keeps, too", async () => {
  using tape = agentTape({ ...options, liveAfter: "planned" });
  const run =
    (...before: readonly string[]) =>
    async (cassette: Cassette): Promise<void> => {
      for (const path of before) await server.ask(path);
      cassette.checkpoint("planned");
      await server.ask("/after");
    };
  await tape.record(run("/a", "/b"), { liveAfter: undefined });
  server.asked.splice(0);
  await tape.record(run("/b", "/c"), {}, "update");
  expect(server.asked).toEqual(["/c", "/after"]);
  expect(outline(tape)).toEqual(["/b", "/c", "planned: undefined", "/after"]);
});
