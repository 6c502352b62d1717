import { OVERLOADED_MESSAGE, openAIErrorBody, openAIOverloadedEvent, sse } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** Groq: OpenAI's API; an error inside a stream is an event named `error`. */
export const groq: ProviderProfile = {
  name: "groq",
  hosts: ["api.groq.com"],
  endpoints: openAIEndpoints("/openai/v1"),
  keyVariables: ["GROQ_API_KEY"],
  varies: { headers: SDK_HEADERS, body: OPENAI_BODY, ids: [...CHAT_IDS, ...RESPONSES_IDS] },
  secrets: {
    headers: ["x-groq-organization"],
    patterns: [{ type: "groq-key", pattern: /gsk_[A-Za-z0-9]{52}/g }],
  },
  errorBody: openAIErrorBody,
  overloadedEvent: (api, seq) =>
    api === "chat"
      ? sse(
          {
            error: {
              message: OVERLOADED_MESSAGE,
              type: "internal_server_error",
              code: "over_capacity",
              status_code: 503,
            },
          },
          "error",
        )
      : openAIOverloadedEvent(api, seq),
};
