import { DynamicTool, StructuredTool } from "@langchain/core/tools";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { z } from "zod";
import type { Cassette } from "../../src/core.ts";
import { recorded, useCassette } from "../../src/index.ts";
import { inMemory } from "./mcp-transports.ts";
import { agentTape } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

class Clock extends StructuredTool {
  readonly name = "clock";
  readonly description = "The time";
  readonly schema = z.object({ city: z.string() });
  readonly #ran: () => void;

  constructor(ran: () => void) {
    super();
    this.#ran = ran;
  }

  protected override async _call({ city }: { city: string }): Promise<string> {
    this.#ran();
    return `noon in ${city}`;
  }
}

/** As Mastra makes them: an instance whose `execute` is its own. */
class MastraTool {
  readonly id: string;
  readonly description = "A tool";
  readonly execute: (input: unknown) => Promise<unknown>;

  constructor(id: string, execute: (input: unknown) => Promise<unknown>) {
    this.id = id;
    this.execute = execute;
  }
}

test("tools are copied with their class, and left as they are", async () => {
  using tape = agentTape();
  let ran = 0;
  const mastra = new MastraTool("lookUp", async (input) => ({ input, ran: ++ran }));
  const run = async (cassette: Cassette): Promise<unknown> => {
    const [copy] = cassette.wrap([mastra]);
    expect(copy).toBeInstanceOf(MastraTool);
    expect(copy).not.toBe(mastra);
    return copy?.execute({ a: 1 });
  };
  const { execute } = mastra;
  const recorded = await tape.record(run);
  expect(await tape.play(run)).toEqual(recorded);
  expect(ran).toBe(1);
  expect(mastra.execute).toBe(execute);
});

test("a LangChain tool that is a class of its own, with private fields", async () => {
  using tape = agentTape();
  let ran = 0;
  const clock = new Clock(() => ran++);
  const run = (cassette: Cassette): Promise<unknown> => cassette.wrap(clock).invoke({ city: "Lyon" });
  expect(await tape.record(run)).toBe("noon in Lyon");
  expect(await tape.play(run)).toBe("noon in Lyon");
  expect(ran).toBe(1);
});

test("tools without work of their own are left alone, and nameless ones are an error", async () => {
  using tape = agentTape();
  await tape.record((cassette) => {
    const ask = { description: "The user is asked", inputSchema: {} };
    expect(cassette.wrap({ ask }).ask).toBe(ask);
    expect(() => cassette.wrap([async () => 1])).toThrow(
      "A function has no name. Give it one: cassette.wrap({ weather })",
    );
    expect(() => cassette.wrap({ description: "x", execute: async () => 1 })).toThrow("A tool has no name.");
    expect(() => cassette.record("", () => 1)).toThrow("It takes a name and a function");
    expect(() => cassette.wrap(1)).toThrow("It takes tools or functions, and got number.");
  });
});

test("a wrapped function keeps its types, its name and its this", async () => {
  using tape = agentTape();
  await tape.record(({ record, wrap }) => {
    function add(this: { by: number }, a: number): number {
      return a + this.by;
    }
    const counter = { by: 2, add: record("add", add) };
    const sum: number = counter.add(1);
    expect(sum).toBe(3);
    expect(counter.add.name).toBe("add");
    const { double } = wrap({ double: (n: number) => n * 2 });
    const four: number = double(2);
    expect(four).toBe(4);
    // @ts-expect-error a string is no number
    double("2");
  });
});

const handle = useCassette();
let ran = 0;
const tools = handle.wrap({
  later: async (n: number) => {
    ran++;
    return n + 1;
  },
});

test("wrapped outside any test", async () => {
  expect(await tools.later(1)).toBe(2);
  expect(ran).toBe(0);
  expect(handle.entries).toMatchObject([{ kind: "call", name: "later", input: 1 }]);
});

describe("a shared handle", () => {
  const cassette = useCassette();
  const transport = new StdioClientTransport({ command: "no-such-server" });
  let refused: unknown;
  try {
    cassette.mcp(transport);
  } catch (error) {
    refused = error;
  }
  let client: Client;
  beforeEach(async () => {
    client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(new StdioClientTransport({ command: "no-such-server" })));
  });

  test("connects an MCP client in beforeEach", async () => {
    expect(String(refused)).toContain("An MCP client connects in each test.");
    const { content } = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    expect(content).toEqual([{ type: "text", text: "3" }]);
    await client.close();
  });
});

test("a client of another test says that its cassette is closed", async () => {
  using tape = agentTape();
  const client = new Client({ name: "test", version: "1" });
  await tape.record(async (cassette) => client.connect(cassette.mcp((await inMemory()).transport)));
  await expect(
    tape
      .play(async (cassette) => {
        const other = new Client({ name: "test", version: "1" });
        await other.connect(cassette.mcp((await inMemory()).transport));
        return other;
      })
      .then((other) => other.ping()),
  ).rejects.toThrow("connect a client of its own in each test");
  await client.close();
});

let looked = 0;
const lookUp = recorded(async (city: string) => ({ city, looked: ++looked }), { name: "lookUp" });

test("recorded() finds the running test", async () => {
  expect(await lookUp("Lyon")).toEqual({ city: "Lyon", looked: 7 });
  expect(looked).toBe(0);
});

test("a LangChain tool that takes text", async () => {
  using tape = agentTape();
  let ran = 0;
  const shout = new DynamicTool({
    name: "shout",
    description: "Shouts",
    func: async (text) => {
      ran++;
      return text.toUpperCase();
    },
  });
  const run = (cassette: Cassette): Promise<unknown> => cassette.wrap(shout).invoke("hey");
  expect(await tape.record(run)).toBe("HEY");
  expect(await tape.play(run)).toBe("HEY");
  expect(ran).toBe(1);
});
