import { randomUUID } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { afterEach, expect, test, vi } from "vitest";
import type { Cassette } from "../../src/core.ts";
import { createMcpServer } from "./mcp-server.ts";
import { agentTape } from "./support.ts";

afterEach(() => vi.unstubAllEnvs());

/** Serves MCP over streamable HTTP. */
async function listen(): Promise<{ url: string; server: Server }> {
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
  await createMcpServer().connect(transport as Parameters<ReturnType<typeof createMcpServer>["connect"]>[0]);
  const server = createServer((request, response) => void transport.handleRequest(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

test("a server over HTTP is recorded as requests, and played without the server", async () => {
  const { url, server } = await listen();
  using tape = agentTape({ include: [url] });
  const run = async (_: Cassette): Promise<unknown> => {
    const client = new Client({ name: "test", version: "1" });
    const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`));
    await client.connect(transport as Parameters<typeof client.connect>[0]);
    const { tools } = await client.listTools();
    const sum = await client.callTool({ name: "add", arguments: { a: 1, b: 2 } });
    const failed = await client.callTool({ name: "fail", arguments: {} });
    await client.close();
    return { tools: tools.length, sum, failed };
  };
  const recorded = await tape.record(run);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  expect(await tape.play(run)).toEqual(recorded);
  expect(tape.entries.every(({ kind }) => kind === "request")).toBe(true);
});
