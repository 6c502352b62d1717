import {
  Client as Client2,
  StreamableHTTPClientTransport as HttpTransport2,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterEach, expect, test, vi } from "vitest";
import type { Cassette } from "../../src/core.ts";
import { listen } from "./mcp-transports.ts";
import { agentTape } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

const info = { name: "test", version: "1" };
const CLIENTS: readonly (readonly [version: number, connect: (url: URL) => Promise<Client | Client2>])[] = [
  [
    1,
    async (url) => {
      const client = new Client(info);
      await client.connect(new StreamableHTTPClientTransport(url) as Parameters<typeof client.connect>[0]);
      return client;
    },
  ],
  [
    2,
    async (url) => {
      const client = new Client2(info);
      await client.connect(new HttpTransport2(url));
      return client;
    },
  ],
];

test.for(CLIENTS)(
  "a server over HTTP is recorded as requests, and played without the server, by client version %i",
  async ([, connect]) => {
    const server = await listen();
    using tape = agentTape({ include: [server.url] });
    const run = async (_: Cassette): Promise<unknown> => {
      const client = await connect(new URL(server.url));
      const { tools } = await client.listTools();
      const sum = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
      const failed = await client.callTool({ name: "fail", arguments: {} });
      await client.close();
      return { tools: tools.length, sum, failed };
    };
    const recorded = await tape.record(run);
    await server.close();
    expect(recorded).toMatchObject({ sum: { content: [{ text: "3" }] }, failed: { isError: true } });
    expect(await tape.play(run)).toEqual(recorded);
    expect(tape.entries.every(({ kind }) => kind === "request")).toBe(true);
  },
);
