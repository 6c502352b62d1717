import { writeFileSync } from "node:fs";
import process from "node:process";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

/** A server with a sum, a tool that fails, and one that tells its progress, asks the client's model, and logs. */
export function createMcpServer(): McpServer {
  const server = new McpServer({ name: "agent", version: "1.0.0" }, { capabilities: { logging: {} } });
  server.registerTool("add", { inputSchema: { a: z.number(), b: z.number() } }, ({ a, b }) => ({
    content: [{ type: "text", text: String(a + b) }],
  }));
  server.registerTool("fail", { inputSchema: {} }, () => {
    throw new Error("no paper left");
  });
  server.registerTool("crash", { inputSchema: {} }, async () => {
    await server.close();
    return { content: [] };
  });
  server.registerTool("confirm", { inputSchema: {} }, async () => {
    const { action } = await server.server.elicitInput({
      message: "Sure?",
      requestedSchema: { type: "object", properties: {} },
    });
    return { content: [{ type: "text", text: action }] };
  });
  server.registerTool("research", { inputSchema: { topic: z.string() } }, async ({ topic }, extra) => {
    const progressToken = extra._meta?.progressToken;
    for (const progress of progressToken === undefined ? [] : [1, 2]) {
      await extra.sendNotification({
        method: "notifications/progress",
        params: { progressToken: progressToken as string | number, progress, total: 2 },
      });
    }
    const answer = await server.server.createMessage({
      messages: [{ role: "user", content: { type: "text", text: `Sum up ${topic}` } }],
      maxTokens: 50,
    });
    await server.server.sendLoggingMessage({ level: "info", data: `asked about ${topic}` });
    const { content } = answer as { readonly content: { readonly text?: string } };
    return { content: [{ type: "text", text: `model said: ${content.text}` }] };
  });
  return server;
}

const started = process.argv[2];
if (started !== undefined) {
  writeFileSync(started, "started");
  await createMcpServer().connect(new StdioServerTransport());
}
