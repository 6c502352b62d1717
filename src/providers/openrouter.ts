import { endpoint } from "./endpoint.ts";
import { OVERLOADED_MESSAGE, openAIOverloadedEvent, sse } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** OpenRouter: the APIs of OpenAI and Anthropic, with its own comments, reasoning details and errors. */
export const openrouter: ProviderProfile = {
  name: "openrouter",
  hosts: ["openrouter.ai", ".openrouter.ai"],
  endpoints: [
    ...openAIEndpoints("/api/(?:alpha|beta|v1)"),
    ...messagesEndpoints("/api/v1"),
    endpoint("generation", "/api/v1/(?:generation|key|credits)"),
  ],
  keyVariables: ["OPENROUTER_API_KEY"],
  varies: {
    headers: [...SDK_HEADERS, "http-referer", "x-title"],
    body: [...OPENAI_BODY, "user"],
    ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS],
  },
  secrets: { patterns: [{ type: "openrouter-key", pattern: /sk-or-v1-[0-9a-f]{64}/g }] },
  errorBody: ({ status, type, message }) => ({
    error: { code: status, message, metadata: { error_type: type } },
  }),
  overloadedEvent: (api, seq) =>
    api === "chat"
      ? sse({
          object: "chat.completion.chunk",
          error: { code: 502, message: OVERLOADED_MESSAGE },
          choices: [{ index: 0, delta: { content: "" }, finish_reason: "error" }],
        })
      : openAIOverloadedEvent(api, seq),
};
