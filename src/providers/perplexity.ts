import { ChatDecoder } from "./decoders/chat.ts";
import { endpoint } from "./endpoint.ts";
import { openAIErrorBody, openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** Perplexity: OpenAI's API with CRLF, the whole message beside each delta, and no end marker. */
export const perplexity: ProviderProfile = {
  name: "perplexity",
  hosts: ["api.perplexity.ai"],
  endpoints: [
    ...openAIEndpoints("(?:/v1)?", { hasTerminator: false }),
    endpoint("chat", "/v1/sonar", { decoder: () => new ChatDecoder({ hasTerminator: false }) }),
    endpoint("search", "/search"),
    endpoint("async", "/(?:v1/)?async/.+"),
  ],
  keyVariables: ["PERPLEXITY_API_KEY", "PPLX_API_KEY"],
  varies: { headers: SDK_HEADERS, body: OPENAI_BODY, ids: [...CHAT_IDS, ...RESPONSES_IDS] },
  secrets: { patterns: [{ type: "perplexity-key", pattern: /pplx-[A-Za-z0-9]{48}/g }] },
  errorBody: openAIErrorBody,
  overloadedEvent: openAIOverloadedEvent,
};
