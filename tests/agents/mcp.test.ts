import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { Client as Client2 } from "@modelcontextprotocol/client";
import { StdioClientTransport as StdioClientTransport2 } from "@modelcontextprotocol/client/stdio";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import {
  CreateMessageRequestSchema,
  ElicitRequestSchema,
  LoggingMessageNotificationSchema,
} from "@modelcontextprotocol/sdk/types.js";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RecordedMcp } from "../../src/cassette/model.ts";
import type { Cassette } from "../../src/core.ts";
import { turn } from "../../src/http/real-clock.ts";
import { inMemory } from "./mcp-transports.ts";
import { type AgentTape, agentTape } from "./support.ts";

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const SERVER = join(import.meta.dirname, "mcp-server.ts");

function messages({ entries }: AgentTape): readonly string[] {
  return (entries as readonly RecordedMcp[]).map(({ from, method }) => `${from} ${method}`);
}

test("a server over stdio is recorded, and played without a process", async () => {
  using tape = agentTape();
  const started = join(tape.dir, "started");
  const run = async (cassette: Cassette): Promise<unknown> => {
    const transport = new StdioClientTransport({ command: process.execPath, args: [SERVER, started] });
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    const { tools } = await client.listTools();
    const sum = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    const failed = await client.callTool({ name: "fail", arguments: {} });
    const unknown = await client.getPrompt({ name: "none" }).catch((error: unknown) => String(error));
    await client.close();
    return { tools, sum, failed, unknown, server: client.getServerVersion() };
  };
  const warn = vi.spyOn(console, "warn");
  const recorded = await tape.record(run);
  // Its process is no unrecorded traffic.
  expect(warn).not.toHaveBeenCalled();
  expect(existsSync(started)).toBe(true);
  expect(recorded).toMatchObject({
    sum: { content: [{ text: "3" }] },
    failed: { isError: true },
    unknown: expect.stringContaining("-3260"),
    server: { name: "agent" },
  });
  rmSync(started);
  expect(await tape.play(run)).toEqual(recorded);
  expect(existsSync(started)).toBe(false);
  expect(tape.text).toContain(
    [
      "    mcp: tools/call",
      "    params:",
      "      name: add",
      "      arguments: { a: 1, b: 2 }",
      "    result:",
      "      content:",
      '        - { type: text, text: "3" }',
    ].join("\n"),
  );
  expect(tape.text).not.toMatch(/\bid:|jsonrpc/);
});

/** What the client of a test does besides its calls. */
interface Handlers {
  readonly sample?: (messages: unknown) => string;
  readonly elicit?: (message: string) => void;
  readonly log?: (data: unknown) => void;
}

interface AnyClient {
  call(
    name: string,
    args: Readonly<Record<string, unknown>>,
    onProgress?: (progress: number) => void,
  ): Promise<unknown>;
  rootsChanged(): Promise<void>;
  close(): Promise<void>;
}

const capabilities = { sampling: {}, elicitation: {}, roots: { listChanged: true } };
const said = (text: string) => ({ model: "m", role: "assistant", content: { type: "text", text } }) as const;

/** Connects a client of the SDK of version 1 or 2. */
async function connect(
  version: number,
  cassette: Cassette,
  { sample, elicit, log }: Handlers,
): Promise<AnyClient> {
  const { transport } = await inMemory();
  const wrapped = cassette.mcp(transport);
  const info = { name: "test", version: "1" };
  if (version === 1) {
    const client = new Client(info, { capabilities });
    client.setRequestHandler(CreateMessageRequestSchema, ({ params }) =>
      said(sample?.(params.messages) ?? ""),
    );
    client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
      elicit?.(params.message);
      return { action: "decline" };
    });
    client.setNotificationHandler(LoggingMessageNotificationSchema, ({ params }) => log?.(params.data));
    await client.connect(wrapped);
    return {
      call: async (name, args, onProgress) =>
        (
          await client.callTool({ name, arguments: args }, undefined, {
            ...(onProgress ? { onprogress: ({ progress }) => onProgress(progress) } : {}),
          })
        ).content,
      rootsChanged: () => client.sendRootsListChanged(),
      close: () => client.close(),
    };
  }
  const client = new Client2(info, { capabilities });
  client.setRequestHandler("sampling/createMessage", ({ params }) => said(sample?.(params.messages) ?? ""));
  client.setRequestHandler("elicitation/create", ({ params }) => {
    elicit?.(params.message);
    return { action: "decline" };
  });
  client.setNotificationHandler("notifications/message", ({ params }) => log?.(params.data));
  await client.connect(wrapped as Parameters<typeof client.connect>[0]);
  return {
    call: async (name, args, onProgress) =>
      (
        await client.callTool(
          { name, arguments: args },
          { ...(onProgress ? { onprogress: ({ progress }) => onProgress(progress) } : {}) },
        )
      ).content,
    rootsChanged: () => client.sendRootsListChanged(),
    close: () => client.close(),
  };
}

describe.for([1, 2])("a client of version %i", (version) => {
  test("gets progress, a question of the server and a log in their order, and sends notifications", async () => {
    using tape = agentTape();
    let asked = 0;
    const run = async (cassette: Cassette, answer = "short", roots = true): Promise<readonly unknown[]> => {
      const seen: unknown[] = [];
      const client = await connect(version, cassette, {
        sample: (question) => {
          asked++;
          seen.push(question);
          return answer;
        },
        log: (data) => seen.push(data),
      });
      if (roots) await client.rootsChanged();
      seen.push(await client.call("research", { topic: "tea" }, (progress) => seen.push(progress)));
      await client.close();
      return seen;
    };
    await tape.record((cassette) => run(cassette));
    expect(await tape.play((cassette) => run(cassette))).toEqual([
      1,
      2,
      [{ role: "user", content: { type: "text", text: "Sum up tea" } }],
      "asked about tea",
      [{ type: "text", text: "model said: short" }],
    ]);
    expect(asked).toBe(2);
    expect(messages(tape)).toEqual([
      "client initialize",
      "client notifications/initialized",
      "client notifications/roots/list_changed",
      "client tools/call",
      "server notifications/progress",
      "server notifications/progress",
      "server sampling/createMessage",
      "server notifications/message",
    ]);
    await expect(tape.play((cassette) => run(cassette, "short", false))).rejects.toThrow(
      "3  mcp notifications/roots/list_changed",
    );
    // Another answer would have led to another result.
    await expect(tape.play((cassette) => run(cassette, "long"))).rejects.toMatchObject({
      code: "CASSETTE_CALL_DRIFT",
    });
  });

  test("answers an elicitation in a replay", async () => {
    using tape = agentTape();
    const run = async (cassette: Cassette): Promise<unknown> => {
      const asked: string[] = [];
      const client = await connect(version, cassette, { elicit: (message) => asked.push(message) });
      const content = await client.call("confirm", {});
      await client.close();
      return { content, asked };
    };
    const recorded = await tape.record(run);
    expect(recorded).toEqual({ content: [{ type: "text", text: "decline" }], asked: ["Sure?"] });
    expect(await tape.play(run)).toEqual(recorded);
  });
});

test("progress reaches a request that has another token than in the recording", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette, pings: number, listens = true): Promise<readonly number[]> => {
    const seen: number[] = [];
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version: "1" }, { capabilities: { sampling: {} } });
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: "m",
      role: "assistant",
      content: { type: "text", text: "short" },
    }));
    await client.connect(cassette.mcp(transport));
    // Clients take the number of the message as the token.
    for (let left = pings; left > 0; left--) await client.ping();
    await client.callTool(
      { name: "research", arguments: { topic: "tea" } },
      undefined,
      listens ? { onprogress: ({ progress }) => seen.push(progress) } : {},
    );
    await client.close();
    return seen;
  };
  await tape.record((cassette) => run(cassette, 2));
  expect(await tape.play((cassette) => run(cassette, 1), { unplayed: "ignore" })).toEqual([1, 2]);
  // Whether the client listens makes no difference to what it asks.
  expect(await tape.play((cassette) => run(cassette, 2, false))).toEqual([]);
});

test("the client of version 2 is recorded and played the same way", async () => {
  using tape = agentTape();
  const started = join(tape.dir, "started");
  const run = async (cassette: Cassette): Promise<unknown> => {
    const transport = new StdioClientTransport2({ command: process.execPath, args: [SERVER, started] });
    const client = new Client2({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 2 } });
    await client.close();
    return sum;
  };
  const recorded = await tape.record(run);
  rmSync(started);
  expect(await tape.play(run)).toEqual(recorded);
  expect(existsSync(started)).toBe(false);
});

test("the protocol of 2026: no handshake, and the server's questions are results", async () => {
  using tape = agentTape();
  const started = join(tape.dir, "started");
  const script = join(import.meta.dirname, "mcp-2026-server.ts");
  const run = async (cassette: Cassette, version: string): Promise<unknown> => {
    const transport = new StdioClientTransport2({ command: process.execPath, args: [script, started] });
    const client = new Client2(
      { name: "test", version },
      { capabilities: { elicitation: {} }, versionNegotiation: { mode: "auto" } },
    );
    const asked: string[] = [];
    client.setRequestHandler("elicitation/create", ({ params }) => {
      asked.push(params.message);
      return { action: "accept", content: {} };
    });
    await client.connect(cassette.mcp(transport));
    const sum = await client.callTool({ name: "add", arguments: { a: 2, b: 2 } });
    const confirmed = await client.callTool({ name: "confirm", arguments: {} });
    await client.close();
    return { sum, confirmed, asked };
  };
  const recorded = await tape.record((cassette) => run(cassette, "1"));
  expect(recorded).toMatchObject({ sum: { content: [{ text: "4" }] }, asked: ["Sure?"] });
  expect(messages(tape)).toEqual([
    "client server/discover",
    "client tools/call",
    "client tools/call",
    "client tools/call",
  ]);
  rmSync(started);
  expect(await tape.play((cassette) => run(cassette, "2"))).toEqual(recorded);
  expect(existsSync(started)).toBe(false);
});

async function add(cassette: Cassette, a: number, server?: string): Promise<number> {
  const { transport, starts } = await inMemory();
  const client = new Client({ name: "test", version: "1" });
  await client.connect(cassette.mcp(transport, server === undefined ? {} : { server }));
  await client.callTool({ name: "add", arguments: { a, b: 0 } });
  await client.close();
  return starts();
}

test("a message that is not recorded fails, and shows the nearest one", async () => {
  using tape = agentTape();
  await tape.record((cassette) => add(cassette, 1));
  const miss = tape.play((cassette) => add(cassette, 2), { unplayed: "ignore" });
  await expect(miss).rejects.toThrow(/tools\/call.*"a":2[\s\S]*nearest recording is 3.*"a":1/);
});

test("a recorded message that the client does not send is unplayed", async () => {
  using tape = agentTape();
  await tape.record((cassette) => add(cassette, 1));
  await expect(tape.play(() => undefined)).rejects.toMatchObject({ code: "CASSETTE_UNPLAYED" });
});

test("RECORD=new adds a message: the server gets the handshake that was played", async () => {
  using tape = agentTape();
  await tape.record((cassette) => add(cassette, 1));
  const before = tape.entries.length;
  const both = async (cassette: Cassette): Promise<number> => {
    const { transport, starts } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    expect(starts()).toBe(0);
    const send = vi.spyOn(transport, "send");
    await client.callTool({ name: "add", arguments: { a: 1, b: 0 } });
    const { content } = await client.callTool({ name: "add", arguments: { a: 7, b: 0 } });
    expect(content).toEqual([{ type: "text", text: "7" }]);
    const sent = send.mock.calls.map(([message]) => "method" in message && message.method);
    expect(sent).toEqual(["initialize", "notifications/initialized", "tools/call"]);
    await client.close();
    return starts();
  };
  expect(await tape.record(both, {}, "new")).toBe(1);
  expect(tape.entries).toHaveLength(before + 1);
});

test("hybrid mode adds a message that is missing, and starts the server for it", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette, ...numbers: readonly number[]): Promise<number> => {
    const { transport, starts } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    for (const a of numbers) {
      const { content } = await client.callTool({ name: "add", arguments: { a, b: 0 } });
      expect(content).toEqual([{ type: "text", text: String(a) }]);
    }
    await client.close();
    return starts();
  };
  await tape.record((cassette) => run(cassette, 1, 3));
  expect(await tape.play((cassette) => run(cassette, 1, 2, 3), { mode: "hybrid" })).toBe(1);
  const params = (tape.entries as readonly RecordedMcp[]).slice(2).map((entry) => entry.params);
  expect(params).toMatchObject([1, 2, 3].map((a) => ({ arguments: { a } })));
  expect(await tape.play((cassette) => run(cassette, 1, 2, 3), { mode: "hybrid" })).toBe(0);
});

test("warn mode plays the nearest message of the same method, without the server", async () => {
  using tape = agentTape();
  await tape.record((cassette) => add(cassette, 1));
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const { played, content } = await tape.play(
    async (cassette) => {
      const { transport, starts } = await inMemory();
      const client = new Client({ name: "test", version: "1" });
      await client.connect(cassette.mcp(transport));
      const answer = await client.callTool({ name: "add", arguments: { a: 2, b: 0 } });
      await client.close();
      return { played: starts(), content: answer.content };
    },
    { mode: "warn" },
  );
  expect(played).toBe(0);
  expect(content).toEqual([{ type: "text", text: "1" }]);
  expect(warn.mock.calls.flat().join()).toMatch(/Failed to play the MCP request tools\/call.*"a":2/);
});

test("answers and what comes before them are paced as they were recorded", async () => {
  using tape = agentTape({ pacing: "recorded" });
  tape.write(
    [
      "  - { at: 10, mcp: tools/call, params: { name: x, _meta: { progressToken: 1 } }, result: { content: [] }, duration: 90 }",
      "  - { at: 60, mcp: notifications/progress, from: server, params: { progressToken: 1, progress: 1 } }",
    ].join("\n"),
  );
  await tape.play(async (cassette) => {
    const { transport, starts } = await inMemory();
    const wrapped = cassette.mcp(transport);
    vi.useFakeTimers();
    try {
      const got: unknown[] = [];
      wrapped.onmessage = (message) => got.push("method" in message ? message.method : message);
      await wrapped.start();
      const params = { name: "x", _meta: { progressToken: "t" } };
      await wrapped.send({ jsonrpc: "2.0", id: 7, method: "tools/call", params });
      await vi.advanceTimersByTimeAsync(49);
      expect(got).toEqual([]);
      await vi.advanceTimersByTimeAsync(2);
      await turn();
      expect(got).toEqual(["notifications/progress"]);
      await vi.advanceTimersByTimeAsync(38);
      expect(got).toHaveLength(1);
      await vi.advanceTimersByTimeAsync(2);
      expect(got.slice(1)).toEqual([{ jsonrpc: "2.0", id: 7, result: { content: [] } }]);
    } finally {
      vi.useRealTimers();
    }
    expect(starts()).toBe(0);
  });
});

test("two servers are distinguished by their names", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<number> =>
    (await add(cassette, 1, "one")) + (await add(cassette, 1)) + (await add(cassette, 1));
  expect(await tape.record(run)).toBeGreaterThan(0);
  expect(await tape.play(run)).toBe(0);
  const names = (tape.entries as readonly RecordedMcp[]).map(({ server }) => server);
  expect([...new Set(names)]).toEqual(["one", undefined, "2"]);
});

test("secrets in params and results are redacted", async () => {
  using tape = agentTape();
  const key = `sk-proj-${"a1B2".repeat(12)}`;
  const run = async (cassette: Cassette): Promise<unknown> => {
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version: "1" }, { capabilities: { sampling: {} } });
    client.setRequestHandler(CreateMessageRequestSchema, () => ({
      model: "m",
      role: "assistant",
      content: { type: "text", text: `the key ${key}` },
    }));
    await client.connect(cassette.mcp(transport));
    await client.callTool({ name: "research", arguments: { topic: key } });
    return client.close();
  };
  await tape.record(run);
  expect(tape.text).not.toContain(key);
  expect(tape.text).toContain("<redacted");
  await tape.play(run);
});

test("a transport over HTTP needs no wrapping, and is refused", async () => {
  using tape = agentTape();
  const transport = new StreamableHTTPClientTransport(new URL("http://localhost:1/mcp"));
  await expect(tape.record((cassette) => cassette.mcp(transport))).rejects.toThrow(
    /recorded as HTTP already/,
  );
});

test("after the checkpoint of liveAfter, messages go to the server", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<number> => {
    const { transport, starts } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    await client.callTool({ name: "add", arguments: { a: 1, b: 0 } });
    const before = starts();
    cassette.checkpoint("added");
    const { content } = await client.callTool({ name: "add", arguments: { a: 2, b: 0 } });
    expect(content).toEqual([{ type: "text", text: "2" }]);
    await client.close();
    return before;
  };
  expect(await tape.record(run)).toBe(1);
  expect(await tape.play(run, { liveAfter: "added" })).toBe(0);
});

test("a server that goes away under a request is the same error in a replay", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<string> => {
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    const failed = await client
      .callTool({ name: "crash", arguments: {} })
      .catch((error: unknown) => String(error));
    await client.close();
    return String(failed);
  };
  const recorded = await tape.record(run);
  expect(recorded).toContain("Connection closed");
  expect(await tape.play(run)).toContain("Connection closed");
});

test("parallel requests get their own answers, and messages in a played call are not asked for", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette, order: readonly number[]): Promise<unknown> => {
    const { transport, starts } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    const all = await Promise.all(
      order.map(async (a) => (await client.callTool({ name: "add", arguments: { a, b: 0 } })).content),
    );
    const ask = cassette.record("ask", async () =>
      client.callTool({ name: "add", arguments: { a: 9, b: 9 } }),
    );
    const { content } = await ask();
    await client.close();
    return [all, content, starts()];
  };
  const [all, content] = (await tape.record((cassette) => run(cassette, [1, 2, 3]))) as [unknown[], unknown];
  expect(await tape.play((cassette) => run(cassette, [3, 2, 1]))).toEqual([all.toReversed(), content, 0]);
  expect(tape.entries.at(-1)).toMatchObject({ kind: "mcp", parent: "ask" });
});

test("a message that cannot be sent is not recorded", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette): Promise<unknown> => {
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version: "1" });
    await client.connect(cassette.mcp(transport));
    vi.spyOn(transport, "send").mockRejectedValueOnce(new Error("broken pipe"));
    const failed = await client.ping().catch((error: unknown) => String(error));
    await client.close();
    return failed;
  };
  expect(await tape.record(run)).toContain("broken pipe");
  expect(messages(tape)).toEqual(["client initialize", "client notifications/initialized"]);
});

test("the versions of the client and the protocol may differ from the recording", async () => {
  using tape = agentTape();
  const run = async (cassette: Cassette, version: string): Promise<void> => {
    const { transport } = await inMemory();
    const client = new Client({ name: "test", version });
    await client.connect(cassette.mcp(transport));
    await client.close();
  };
  await tape.record((cassette) => run(cassette, "1"));
  writeFileSync(join(tape.dir, "run.yaml"), tape.text.replace(/2025-11-25/, "2025-06-18"));
  await tape.play((cassette) => run(cassette, "2"));
});
