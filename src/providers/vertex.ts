import { ChatDecoder } from "./decoders/chat.ts";
import { GenerateContentDecoder } from "./decoders/generate-content.ts";
import { InteractionsDecoder } from "./decoders/interactions.ts";
import { MessagesDecoder } from "./decoders/messages.ts";
import { endpoint } from "./endpoint.ts";
import {
  anthropicOverloadedEvent,
  googleErrorBody,
  googleOverloadedEvent,
  openAIOverloadedEvent,
} from "./error-bodies.ts";
import { GOOGLE_HEADERS, GOOGLE_SECRETS } from "./gemini.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, GENERATE_CONTENT_IDS, MESSAGES_IDS } from "./varying.ts";

/** Vertex AI addresses a model below a project and a location, or in express mode without them. */
const ROOT = "/v[0-9]+(?:alpha|beta)?[0-9]*(?:/projects/[^/]+/locations/[^/]+)?";

/** Google Cloud Vertex AI: Gemini, Claude and Mistral as publishers, and the OpenAI-compatible endpoint. */
export const vertex: ProviderProfile = {
  name: "gcp.vertex_ai",
  hosts: [/^(?:[a-z0-9-]+-)?aiplatform\.googleapis\.com$/, /^aiplatform\.[a-z0-9-]+\.rep\.googleapis\.com$/],
  endpoints: [
    endpoint(
      "generateContent",
      `${ROOT}/(?:publishers/google/models|endpoints)/[^/]+:(?:generateContent|streamGenerateContent)`,
      { anyHost: true, decoder: () => new GenerateContentDecoder() },
    ),
    endpoint("messages", `${ROOT}/publishers/anthropic/models/[^/]+:(?:rawPredict|streamRawPredict)`, {
      anyHost: true,
      decoder: () => new MessagesDecoder(),
    }),
    endpoint("chat", `${ROOT}/publishers/mistralai/models/[^/]+:(?:rawPredict|streamRawPredict)`, {
      anyHost: true,
      decoder: () => new ChatDecoder(),
    }),
    endpoint("chat", `${ROOT}/endpoints/[^/]+/chat/completions`, {
      anyHost: true,
      decoder: () => new ChatDecoder(),
    }),
    endpoint("countTokens", `${ROOT}/publishers/[^/]+/models/[^/]+:(?:countTokens|computeTokens)`, {
      anyHost: true,
    }),
    endpoint("embeddings", `${ROOT}/publishers/[^/]+/models/[^/]+:(?:predict|embedContent)`, {
      anyHost: true,
    }),
    endpoint("interactions", `${ROOT}/interactions(?:/[^/]+)?`, {
      decoder: () => new InteractionsDecoder(),
    }),
  ],
  keyVariables: ["GOOGLE_VERTEX_API_KEY"],
  varies: {
    headers: GOOGLE_HEADERS,
    body: ["metadata.user_id"],
    ids: [...GENERATE_CONTENT_IDS, ...MESSAGES_IDS, ...CHAT_IDS],
  },
  secrets: GOOGLE_SECRETS,
  errorBody: googleErrorBody,
  overloadedEvent(api, seq) {
    switch (api) {
      case "messages":
        return anthropicOverloadedEvent();
      case "chat":
        return openAIOverloadedEvent(api, seq);
      default:
        return googleOverloadedEvent();
    }
  },
};
