import { createOpenAI } from "@ai-sdk/openai";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { generateText, tool } from "ai";
import { afterEach, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Cassette } from "../../src/core.ts";
import { anyNumberOf, oneOrMore, optional } from "../../src/vitest/matchers/quantifiers.ts";
import { registerMatchers } from "../../src/vitest/register-matchers.ts";
import { startProviderServer } from "../support/provider-server/index.ts";
import { inMemory, listen } from "./mcp-transports.ts";
import { type AgentTape, agentTape } from "./support.ts";

registerMatchers();
afterEach(() => vi.unstubAllEnvs());

function messageOf(assert: () => void): string {
  try {
    assert();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("It passed.");
}

/** Runs the same code recorded and played, and checks after each. */
async function both(
  check: (cassette: Cassette) => void,
  act: (cassette: Cassette) => Promise<void> = searchAndRead,
  tape: AgentTape = agentTape(),
): Promise<void> {
  using _ = tape;
  const run = async (cassette: Cassette): Promise<void> => {
    await act(cassette);
    check(cassette);
  };
  await tape.record(run);
  await tape.play(run);
}

async function searchAndRead(cassette: Cassette): Promise<void> {
  const search = cassette.record("search", async (query: { q: string }) => query.q);
  const open = cassette.wrap({ open: async (page: number) => page }).open;
  await cassette.step("plan", () => search({ q: "a" }));
  await cassette.step("read", async () => {
    await open(1);
    await search({ q: "b" });
  });
  await cassette.step("read", () => open(2));
  cassette.checkpoint("after reading");
}

test("tools that the test's own code called", () =>
  both((cassette) => {
    expect(cassette).toHaveCalledTool("search");
    expect(cassette).toHaveCalledTool("search", { q: "b" });
    expect(cassette).toHaveCalledTool(/^op/, expect.any(Number));
    expect(cassette).not.toHaveCalledTool("delete");
    expect(cassette).not.toHaveCalledTool("search", { q: "c" });
    expect(cassette).toHaveCalledTools(["search", { name: "open", input: 1 }, "search", "open"]);
    expect(cassette).not.toHaveCalledTools(["search"]);
    expect(messageOf(() => expect(cassette).toHaveCalledTool("open", 3))).toBe(
      'expected a call of open with 3, but these were made: search with { q: "a" }, open with 1, search with { q: "b" } and open with 2',
    );
  }));

test("the order of calls", () =>
  both((cassette) => {
    expect(cassette).toHaveCallOrder(["search", "open"]);
    expect(cassette).toHaveCallOrder([{ name: "search", input: { q: "b" } }, "open"]);
    expect(cassette).not.toHaveCallOrder([{ input: 2 }, "search"]);
    expect(messageOf(() => expect(cassette).toHaveCallOrder(["open", "open", "search"]))).toBe(
      "expected the calls open, open, search, but there is no search after call 4; these were made: search, open, search, open",
    );
  }));

test("steps, with quantifiers", () =>
  both((cassette) => {
    expect(cassette).toHaveSteps(["plan", "read", "read"]);
    expect(cassette).toHaveSteps([optional("think"), "plan", oneOrMore("read"), anyNumberOf("write")]);
    expect(cassette).toHaveSteps(["read"], { partial: true });
    expect(cassette).not.toHaveSteps(["plan", "read"]);
    expect(messageOf(() => expect(cassette).toHaveSteps(["plan", "write"]))).toBe(
      "expected the steps plan, write, but there is no write after step 1; these were made: plan, read, read",
    );
  }));

test("checkpoints", () =>
  both((cassette) => {
    expect(cassette).toHaveReached("after reading");
    expect(cassette).toHaveReached(/^after/);
    expect(cassette).not.toHaveReached("the end");
    expect(messageOf(() => expect(cassette).toHaveReached("the end"))).toBe(
      'expected the checkpoint "the end" to be reached, but these were: after reading',
    );
  }));

test("tools of MCP servers are calls, with the others in order", () =>
  both(
    (cassette) => {
      expect(cassette).toHaveCalledTool("add", { a: 1, b: 2 });
      expect(cassette).not.toHaveCalledTool("add", { a: 2, b: 2 });
      expect(cassette).toHaveCalledTools(["plan", { name: "add", input: { a: 1, b: 2 } }]);
      expect(cassette).toHaveCallOrder(["plan", "add"]);
      expect(cassette).not.toHaveCallOrder(["add", "plan"]);
    },
    async (cassette) => {
      await cassette.record("plan", async () => 1)();
      const client = new Client({ name: "test", version: "1" });
      await client.connect(cassette.mcp((await inMemory()).transport));
      await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
      await client.close();
    },
  ));

test("tools of MCP servers over HTTP are calls, too", async () => {
  const server = await listen();
  await both(
    (cassette) => {
      expect(cassette).toHaveCalledTools([{ name: "add", input: { a: 1, b: 2 } }, "fail"]);
      expect(cassette).toHaveCallOrder(["add", "fail"]);
    },
    async () => {
      const client = new Client({ name: "test", version: "1" });
      const transport = new StreamableHTTPClientTransport(new URL(server.url));
      await client.connect(transport as Parameters<typeof client.connect>[0]);
      await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
      await client.callTool({ name: "fail", arguments: {} });
      await client.close();
    },
    agentTape({ include: [server.url] }),
  );
  await server.close();
});

test("events inside a call count, whether the call ran or was played", () =>
  both(
    (cassette) => {
      expect(cassette).toHaveCalledTools(["research", { name: "search", input: "a" }, "add", "end"]);
      expect(cassette).toHaveSteps(["read", "sum"]);
      expect(cassette).toHaveReached("found");
    },
    async (cassette) => {
      const search = cassette.record("search", async (q: string) => q);
      const research = cassette.record("research", () =>
        cassette
          .step("read", async () => {
            await search("a");
            cassette.checkpoint("found");
            const client = new Client({ name: "test", version: "1" });
            await client.connect(cassette.mcp((await inMemory()).transport));
            await cassette.step("sum", () => client.callTool({ name: "add", arguments: { a: 1, b: 2 } }));
            await client.close();
          })
          .then(() => "done"),
      );
      await research();
      await cassette.record("end", async () => 1)();
    },
  ));

test("a run without recorded calls is checked by the model's tool calls", async () => {
  const server = await startProviderServer();
  await both(
    (cassette) => {
      expect(cassette).toHaveCallOrder(["weather", "clock"]);
      expect(cassette).toHaveCallOrder([{ name: "clock", input: { city: expect.any(String) } }]);
      expect(messageOf(() => expect(cassette).toHaveCallOrder(["clock", "weather"]))).toBe(
        "expected the calls clock, weather, but there is no weather after call 2; these were made: weather, clock",
      );
    },
    async () => {
      const run = { inputSchema: z.object({ city: z.string() }), execute: async () => "done" };
      const model = createOpenAI({ apiKey: "k", baseURL: `${server.url}/v1` }).chat("gpt-5-mini");
      const tools = { weather: tool(run), clock: tool(run) };
      await generateText({ model, prompt: "Weather and time in Lyon?", tools });
    },
    agentTape({ include: [server.url] }),
  );
  await server.close();
});

test("a run that did nothing, and a negated order, say so", () =>
  both(
    (cassette) => {
      expect(messageOf(() => expect(cassette).toHaveCallOrder(["a"]))).toBe(
        "expected the calls a, but there is no a; these were made: none",
      );
      expect(messageOf(() => expect(cassette).toHaveReached("a"))).toBe(
        'expected the checkpoint "a" to be reached, but these were: none',
      );
      expect(messageOf(() => expect(cassette).not.toHaveSteps([anyNumberOf("a")]))).toBe(
        "expected other steps than anyNumberOf(a), but these were made: none",
      );
    },
    async () => undefined,
  ));

test("misses, unplayed entries and stats are those of every kind", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette, which: string): Promise<void> => {
    const get = cassette.record("get", (id: string) => id);
    cassette.checkpoint("start");
    cassette.step(which, () => {
      try {
        get(which);
      } catch {
        // The test reports it.
      }
    });
    cassette.checkpoint(which);
  };
  await tape.record((cassette) => run(cassette, "a"));
  const played = tape.play(async (cassette) => {
    expect(cassette.unplayed.map(({ kind }) => kind)).toEqual(["checkpoint", "step", "call", "checkpoint"]);
    expect(cassette).not.toBeFullyPlayed();
    await run(cassette, "b");
    expect(cassette.misses.map(({ kind, reason }) => `${kind} ${reason}`)).toEqual([
      "step not-recorded",
      "call different",
      "checkpoint not-recorded",
    ]);
    expect(cassette.stats).toEqual({
      asked: 4,
      requests: 0,
      played: 1,
      recorded: 0,
      missed: 3,
      substituted: 0,
      unplayed: 3,
      successRate: 0.25,
      bytesRecorded: 0,
      overhead: expect.any(Number),
      events: { sent: 0, dropped: 0 },
    });
    const message = (assert: () => void): string => {
      try {
        assert();
      } catch (error) {
        return (error as Error).message.replaceAll(tape.dir, "");
      }
      return "";
    };
    expect(message(() => expect(cassette).toBeFullyPlayed())).toMatchInlineSnapshot(`
      "expected every recording to be played, but 3 of 4 recordings were not

          1  checkpoint start
        > 2  step a
        > 3  call get("a")
        > 4  checkpoint a"
    `);
    expect(message(() => expect(cassette).toHaveNoMisses())).toMatchInlineSnapshot(`
      "expected no misses, but 3 of 4 requests and other entries had no recording

          The step "b" is not in /run.yaml.
          Failed to play the call get("b"): /run.yaml has no such call.
          The checkpoint "b" is not in /run.yaml."
    `);
  });
  await expect(played).rejects.toThrow('The step "b" is not in');
  await tape.play(async (cassette) => {
    await run(cassette, "a");
    expect(cassette).toBeFullyPlayed();
    expect(cassette).toHaveNoMisses();
  });
});
