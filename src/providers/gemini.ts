import { GenerateContentDecoder } from "./decoders/generate-content.ts";
import { InteractionsDecoder } from "./decoders/interactions.ts";
import { endpoint } from "./endpoint.ts";
import { googleErrorBody, googleOverloadedEvent, openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile, SecretParts } from "./profile.ts";
import { CHAT_IDS, GENERATE_CONTENT_IDS, SDK_HEADERS } from "./varying.ts";

const VERSION = "/v[0-9]+(?:alpha|beta)?[0-9]*";

/** The places of Google's keys and tokens, in the Gemini API and in Vertex AI. */
export const GOOGLE_SECRETS: SecretParts = {
  headers: ["x-goog-api-key", "x-goog-user-project"],
  query: ["key", "access_token"],
  patterns: [
    { type: "google-key", pattern: /AIza[A-Za-z0-9_-]{35}/g },
    // Service account tokens have a letter after the prefix: `ya29.c.`.
    { type: "google-token", pattern: /ya29\.(?:[a-z]\.)?[A-Za-z0-9_-]{20,}/g },
  ],
};

/** Headers of Google's clients that differ by version or request. */
export const GOOGLE_HEADERS: readonly string[] = [
  ...SDK_HEADERS,
  "x-goog-api-client",
  "x-goog-gcs-idempotency-token",
];

/** Google's Gemini API: generateContent, interactions, and its OpenAI-compatible endpoints. */
export const gemini: ProviderProfile = {
  name: "gcp.gemini",
  hosts: ["generativelanguage.googleapis.com"],
  endpoints: [
    endpoint(
      "generateContent",
      `(?:/.+)?${VERSION}/(?:models|tunedModels|dynamic)/[^/]+:(?:generateContent|streamGenerateContent)`,
      { anyHost: true, decoder: () => new GenerateContentDecoder() },
    ),
    endpoint("countTokens", `(?:/.+)?${VERSION}/models/[^/]+:(?:countTokens|computeTokens)`, {
      anyHost: true,
    }),
    endpoint("embeddings", `(?:/.+)?${VERSION}/models/[^/]+:(?:embedContent|batchEmbedContents)`, {
      anyHost: true,
    }),
    endpoint("interactions", `${VERSION}/interactions(?:/[^/]+)?`, {
      decoder: () => new InteractionsDecoder(),
    }),
    ...openAIEndpoints(`${VERSION}/openai`),
    endpoint("models", `${VERSION}/models(?:/[^/:]+)?`),
    endpoint("files", `(?:/upload)?${VERSION}/files(?:/.+)?`),
  ],
  keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY", "GOOGLE_GENERATIVE_AI_API_KEY"],
  varies: { headers: GOOGLE_HEADERS, ids: [...GENERATE_CONTENT_IDS, ...CHAT_IDS] },
  secrets: GOOGLE_SECRETS,
  errorBody: googleErrorBody,
  overloadedEvent: (api, seq) => (api === "chat" ? openAIOverloadedEvent(api, seq) : googleOverloadedEvent()),
};
