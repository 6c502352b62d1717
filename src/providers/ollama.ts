import { encodeText } from "../streams/text.ts";
import { OllamaDecoder } from "./decoders/ollama.ts";
import { endpoint } from "./endpoint.ts";
import { OVERLOADED_MESSAGE, openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

const PORT = { port: 11434 };
const NATIVE = { ...PORT, decoder: () => new OllamaDecoder() };

/**
 * Ollama's own API, recognized by its port, because many apps have an `/api/chat` of their own. Its `/v1` is
 * OpenAI's API and is recognized by its path on any host.
 */
export const ollama: ProviderProfile = {
  name: "ollama",
  hosts: ["ollama.com", "api.ollama.com"],
  endpoints: [
    endpoint("chat", "/api/chat", NATIVE),
    endpoint("generate", "/api/generate", NATIVE),
    endpoint("embeddings", "/api/embed(?:dings)?", PORT),
    endpoint("models", "/api/(?:tags|show|ps|version)", PORT),
    endpoint("pull", "/api/(?:pull|push|create)", PORT),
    ...openAIEndpoints("/v1").map((each) => ({
      ...each,
      ...PORT,
      api: each.api === "chat" ? "chat.compatible" : each.api,
    })),
  ],
  keyVariables: ["OLLAMA_API_KEY"],
  varies: { headers: SDK_HEADERS, ids: [...CHAT_IDS, ...RESPONSES_IDS] },
  secrets: {},
  errorBody: ({ message }) => ({ error: message }),
  overloadedEvent(api, seq) {
    switch (api) {
      case "chat":
      case "generate":
        return encodeText(`${JSON.stringify({ error: OVERLOADED_MESSAGE })}\n`);
      case "chat.compatible":
        return openAIOverloadedEvent("chat", seq);
      default:
        return openAIOverloadedEvent(api, seq);
    }
  },
};
