import { CompleteDecoder } from "./decoders/messages.ts";
import { endpoint } from "./endpoint.ts";
import { anthropicErrorBody, anthropicOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { MESSAGES_IDS, SDK_HEADERS } from "./varying.ts";

/** Anthropic: Messages, on any host because many gateways serve it, and the legacy completions. */
export const anthropic: ProviderProfile = {
  name: "anthropic",
  hosts: ["api.anthropic.com", ".anthropic.com"],
  endpoints: [
    ...messagesEndpoints("(?:/.+)?/v1", true),
    endpoint("complete", "/v1/complete", { decoder: () => new CompleteDecoder() }),
    endpoint("models", "/v1/models(?:/.+)?"),
    endpoint("files", "/v1/files(?:/.+)?"),
  ],
  keyVariables: ["ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"],
  varies: { headers: SDK_HEADERS, body: ["metadata.user_id"], ids: MESSAGES_IDS },
  secrets: {
    headers: ["x-api-key", "anthropic-organization-id"],
    fields: ["authorization_token"],
    patterns: [{ type: "anthropic-key", pattern: /sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{32,}/g }],
  },
  errorBody: anthropicErrorBody,
  overloadedEvent: anthropicOverloadedEvent,
};
