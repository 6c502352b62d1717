import { McpDecoder } from "./decoders/mcp.ts";
import { endpoint } from "./endpoint.ts";
import type { ProviderProfile } from "./profile.ts";
import { SDK_HEADERS } from "./varying.ts";

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
    body: ["id", "[*].id", "params._meta.progressToken", "params.requestId", "params.clientInfo.version"],
  },
  secrets: { headers: ["mcp-session-id"] },
  errorBody: ({ type, message }) => ({
    jsonrpc: "2.0",
    id: null,
    error: { code: -32000, message, data: { type } },
  }),
};
