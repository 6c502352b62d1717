import {
  type Answer,
  type HeaderList,
  stream,
  type Wire,
  type WireRequest,
  whole,
  wholeJson,
} from "../answer.ts";
import { stableUuid } from "../ids.ts";
import { asText, at } from "../json.ts";

const TOOLS = [
  {
    name: "echo",
    description: "Says it again",
    inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  },
  { name: "fail", description: "Always fails", inputSchema: { type: "object" } },
];

/** MCP over streamable HTTP: a JSON object, or SSE with CRLF and `: ping` comments. */
export const mcp: Wire = {
  name: "mcp",
  path: /\/mcp$/,
  answer(request) {
    if (request.method === "DELETE") return whole(204, [], "");
    if (request.method !== "POST") return whole(405, [["allow", "POST, DELETE"]], "");
    const id = at(request.body, "id");
    if (id === undefined) return whole(202, [], "");
    const result = resultOf(request);
    const message = "error" in result ? { jsonrpc: "2.0", id, ...result } : { jsonrpc: "2.0", id, result };
    const session: HeaderList =
      at(request.body, "method") === "initialize" ? [["Mcp-Session-Id", stableUuid("session")]] : [];
    if (!asText(request.headers.accept).includes("text/event-stream"))
      return wholeJson(200, session, message);
    const headers: HeaderList = [
      ["content-type", "text/event-stream"],
      ["cache-control", "no-cache, no-transform"],
    ];
    const pieces = [
      ": ping - 2026-01-02 03:04:05.678901+00:00\r\n\r\n",
      ...progress(request),
      event(message),
    ];
    return stream([...headers, ...session], pieces, 1);
  },
  failure(status, request): Answer {
    const error = { code: -32_000, message: "The naïve server refused." };
    return wholeJson(status, [], { jsonrpc: "2.0", id: at(request.body, "id") ?? null, error });
  },
  streamFailure(request) {
    const error = { code: -32_603, message: "Internal error: naïve" };
    return [event({ jsonrpc: "2.0", id: at(request.body, "id") ?? null, error })];
  },
};

function event(message: unknown): string {
  return `event: message\r\ndata: ${JSON.stringify(message)}\r\n\r\n`;
}

/** Notifications before the result of a tool call: a log message, and progress where a token was given. */
function progress(request: WireRequest): readonly string[] {
  if (at(request.body, "method") !== "tools/call") return [];
  const token = at(request.body, "params", "_meta", "progressToken");
  const log = { level: "info", logger: "loopback", data: { msg: "working… ⏳", extra: null } };
  return [
    event({ method: "notifications/message", params: log, jsonrpc: "2.0" }),
    ...(token === undefined
      ? []
      : [1, 2].map((done) =>
          event({
            method: "notifications/progress",
            params: { progressToken: token, progress: done, total: 2 },
            jsonrpc: "2.0",
          }),
        )),
  ];
}

function resultOf(request: WireRequest): Record<string, unknown> {
  const params = at(request.body, "params");
  switch (asText(at(request.body, "method"))) {
    case "initialize":
      return {
        protocolVersion: asText(at(params, "protocolVersion"), "2025-11-25"),
        capabilities: { tools: { listChanged: true } },
        serverInfo: { name: "loopback", version: "1.0.0" },
      };
    case "ping":
      return {};
    case "tools/list":
      return { tools: TOOLS };
    case "tools/call":
      return callTool(asText(at(params, "name")), asText(at(params, "arguments", "text")));
    default:
      return { error: { code: -32_601, message: "Method not found" } };
  }
}

function callTool(name: string, text: string): Record<string, unknown> {
  if (name === "echo") return { content: [{ type: "text", text: `écho: ${text}` }], isError: false };
  if (name === "fail") return { content: [{ type: "text", text: "It failed, naïvely." }], isError: true };
  return { error: { code: -32_602, message: `Unknown tool: ${name}` } };
}
