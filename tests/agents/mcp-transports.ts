import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { StreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/streamableHttp.js";
import { vi } from "vitest";
import { createMcpServer } from "./mcp-server.ts";

/** A transport in memory that counts how often it is started. */
export async function inMemory(): Promise<{ transport: InMemoryTransport; starts: () => number }> {
  const [transport, other] = InMemoryTransport.createLinkedPair();
  await createMcpServer().connect(other);
  const start = vi.spyOn(transport, "start");
  return { transport, starts: () => start.mock.calls.length };
}

export interface HttpMcpServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves MCP over streamable HTTP, to one client at a time. */
export async function listen(): Promise<HttpMcpServer> {
  const sessions: StreamableHTTPServerTransport[] = [];
  const server = createServer(async (request, response) => {
    const id = request.headers["mcp-session-id"];
    let transport = sessions.find(({ sessionId }) => sessionId === id && id !== undefined);
    if (transport === undefined) {
      transport = new StreamableHTTPServerTransport({ sessionIdGenerator: () => randomUUID() });
      sessions.push(transport);
      await createMcpServer().connect(
        transport as Parameters<ReturnType<typeof createMcpServer>["connect"]>[0],
      );
    }
    await transport.handleRequest(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
