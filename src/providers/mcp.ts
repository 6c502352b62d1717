import { McpDecoder } from "./decoders/mcp.ts";
import { endpoint } from "./endpoint.ts";
import type { ProviderProfile } from "./profile.ts";
import { SDK_HEADERS } from "./varying.ts";

/** Fields of `_meta` that differ in each request: the number of its progress, and the trace that it belongs to. */
export const MCP_VARYING_META: readonly string[] = ["progressToken", "traceparent", "tracestate", "baggage"];

/**
 * Model Context Protocol over streamable HTTP. It has no host or path of its own: the protocol's headers, or a
 * host or path named `mcp`, identify a request; see `recognize`.
 */
export const mcp: ProviderProfile = {
  name: "mcp",
  hosts: [/^mcp\./],
  endpoints: [endpoint("mcp", "/.*", { decoder: () => new McpDecoder() })],
  keyVariables: [],
  varies: {
    headers: [...SDK_HEADERS, "mcp-session-id", "last-event-id"],
    body: [
      "id",
      "[*].id",
      "params.requestId",
      "params.progressToken",
      // What the client and the server agree on: of a handshake, or of each request.
      "params.protocolVersion",
      "params.clientInfo.version",
      'params._meta["io.modelcontextprotocol/protocolVersion"]',
      'params._meta["io.modelcontextprotocol/clientInfo"].version',
      ...MCP_VARYING_META.map((key) => `params._meta.${key}`),
    ],
  },
  secrets: { headers: ["mcp-session-id"] },
  errorBody: ({ type, message }) => ({
    jsonrpc: "2.0",
    id: null,
    error: { code: -32000, message, data: { type } },
  }),
};
