import { openAIOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** xAI: the APIs of OpenAI and Anthropic, with whole tool calls in one chunk. */
export const xai: ProviderProfile = {
  name: "x_ai",
  hosts: ["api.x.ai", ".api.x.ai"],
  endpoints: [...openAIEndpoints("/v1"), ...messagesEndpoints("/v1")],
  keyVariables: ["XAI_API_KEY"],
  varies: {
    headers: [...SDK_HEADERS, "x-grok-conv-id"],
    body: OPENAI_BODY,
    ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS],
  },
  secrets: { patterns: [{ type: "xai-key", pattern: /xai-[A-Za-z0-9]{80}/g }] },
  errorBody: ({ type, message }) => ({ code: type, error: message }),
  overloadedEvent: openAIOverloadedEvent,
};
