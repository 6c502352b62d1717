import { AssistantsDecoder } from "./decoders/assistants.ts";
import { endpoint } from "./endpoint.ts";
import { openAIErrorBody, openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** OpenAI's own API: Chat Completions, legacy completions, Responses, transcriptions, Assistants runs. */
export const openai: ProviderProfile = {
  name: "openai",
  hosts: ["api.openai.com", ".api.openai.com"],
  endpoints: [
    ...openAIEndpoints("/v1"),
    endpoint("assistants", "/v1/threads(?:/[^/]+)?/runs(?:/[^/]+/submit_tool_outputs)?", {
      decoder: () => new AssistantsDecoder(),
    }),
    endpoint("files", "/v1/files(?:/.+)?"),
    endpoint("batches", "/v1/batches(?:/.+)?"),
  ],
  keyVariables: ["OPENAI_API_KEY", "OPENAI_ADMIN_KEY"],
  varies: { headers: SDK_HEADERS, body: OPENAI_BODY, ids: [...CHAT_IDS, ...RESPONSES_IDS] },
  secrets: {
    headers: ["openai-organization", "openai-project", "sec-websocket-protocol"],
    fields: ["client_secret"],
    patterns: [
      // The middle of every OpenAI key is "OpenAI" in base64.
      {
        type: "openai-key",
        pattern: /sk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9_-]{16,}T3BlbkFJ[A-Za-z0-9_-]{16,}/g,
      },
      { type: "openai-key", pattern: /sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{40,}/g },
      { type: "openai-ephemeral-key", pattern: /ek_[A-Za-z0-9]{24,}/g },
      { type: "openai-organization", pattern: /org-[A-Za-z0-9]{20,}/g },
      { type: "openai-project", pattern: /proj_[A-Za-z0-9]{20,}/g },
    ],
  },
  errorBody: openAIErrorBody,
  overloadedEvent: openAIOverloadedEvent,
};
