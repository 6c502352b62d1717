import { encodeText } from "../streams/text.ts";
import { CohereChatDecoder } from "./decoders/cohere-chat.ts";
import { endpoint } from "./endpoint.ts";
import { openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, SDK_HEADERS } from "./varying.ts";

/** Cohere: chat v2 (SSE), chat v1 (NDJSON), and its OpenAI-compatible endpoints. */
export const cohere: ProviderProfile = {
  name: "cohere",
  hosts: ["api.cohere.com", "api.cohere.ai", ".cohere.com"],
  endpoints: [
    endpoint("chat", "/v2/chat", { decoder: () => new CohereChatDecoder() }),
    endpoint("chat.v1", "/v1/chat", { decoder: () => new CohereChatDecoder() }),
    endpoint("embeddings", "/v[12]/embed"),
    endpoint("rerank", "/v[12]/rerank"),
    ...openAIEndpoints("/compatibility/v1").map((each) =>
      each.api === "chat" ? { ...each, api: "chat.compatible" } : each,
    ),
    endpoint("models", "/v1/models(?:/.+)?"),
  ],
  keyVariables: ["CO_API_KEY", "COHERE_API_KEY"],
  varies: { headers: SDK_HEADERS, ids: CHAT_IDS },
  secrets: {},
  errorBody: ({ type, message }) => ({ id: type, message }),
  overloadedEvent: (api, seq) => {
    if (api === "chat.compatible") return openAIOverloadedEvent("chat", seq);
    // Cohere reports a failure in the event that ends the message.
    return api === "chat"
      ? encodeText('event: message-end\ndata: {"type":"message-end","delta":{"finish_reason":"ERROR"}}\n\n')
      : undefined;
  },
};
