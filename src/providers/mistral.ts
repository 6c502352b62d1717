import { ChatDecoder } from "./decoders/chat.ts";
import { ConversationsDecoder } from "./decoders/conversations.ts";
import { endpoint } from "./endpoint.ts";
import { openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, SDK_HEADERS } from "./varying.ts";

/** Mistral: OpenAI's API, with content that can be an array of parts, and the Conversations API. */
export const mistral: ProviderProfile = {
  name: "mistral_ai",
  hosts: ["api.mistral.ai", "codestral.mistral.ai"],
  endpoints: [
    ...openAIEndpoints("/v1"),
    endpoint("chat", "/v1/(?:fim|agents)/completions", { decoder: () => new ChatDecoder() }),
    endpoint("conversations", "/v1/conversations(?:/.+)?", { decoder: () => new ConversationsDecoder() }),
    endpoint("ocr", "/v1/ocr"),
  ],
  keyVariables: ["MISTRAL_API_KEY"],
  varies: { headers: SDK_HEADERS, ids: [...CHAT_IDS, "inputs[*].tool_call_id"] },
  secrets: {},
  errorBody: ({ type, message }) => ({ object: "error", message, type, param: null, code: null }),
  overloadedEvent: openAIOverloadedEvent,
};
