import { openAIErrorBody, openAIOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** DeepSeek: OpenAI's API with `reasoning_content` and keep-alive comments under load, and Anthropic's API. */
export const deepseek: ProviderProfile = {
  name: "deepseek",
  hosts: ["api.deepseek.com"],
  endpoints: [...openAIEndpoints("(?:/v1|/beta)?"), ...messagesEndpoints("/anthropic/v1")],
  keyVariables: ["DEEPSEEK_API_KEY"],
  varies: { headers: SDK_HEADERS, body: OPENAI_BODY, ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS] },
  secrets: { patterns: [{ type: "deepseek-key", pattern: /sk-[0-9a-f]{32}/g }] },
  errorBody: openAIErrorBody,
  overloadedEvent: openAIOverloadedEvent,
};
