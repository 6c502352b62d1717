import { openAIErrorBody, openAIOverloadedEvent } from "./error-bodies.ts";
import { messagesEndpoints, openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, MESSAGES_IDS, OPENAI_BODY, RESPONSES_IDS, SDK_HEADERS } from "./varying.ts";

/** Azure OpenAI and Azure AI Foundry. Recognizes deployments by their path behind any API gateway. */
export const azure: ProviderProfile = {
  name: "azure.ai.openai",
  hosts: [
    ".openai.azure.com",
    ".openai.azure.us",
    ".openai.azure.cn",
    ".services.ai.azure.com",
    ".cognitiveservices.azure.com",
    ".models.ai.azure.com",
    ".inference.ai.azure.com",
    "models.inference.ai.azure.com",
  ],
  endpoints: [
    ...openAIEndpoints("(?:/.+)?/openai/deployments/[^/]+", { anyHost: true }),
    ...openAIEndpoints("(?:/api/projects/[^/]+)?/openai(?:/v1)?"),
    ...openAIEndpoints("(?:/models|/v1)?"),
    ...messagesEndpoints("/anthropic/v1"),
  ],
  keyVariables: ["AZURE_OPENAI_API_KEY", "AZURE_API_KEY", "AZURE_INFERENCE_CREDENTIAL"],
  varies: {
    headers: [...SDK_HEADERS, "x-ms-client-request-id", "x-ms-useragent"],
    body: OPENAI_BODY,
    ids: [...CHAT_IDS, ...RESPONSES_IDS, ...MESSAGES_IDS],
  },
  secrets: { headers: ["api-key", "ocp-apim-subscription-key"], query: ["api-key", "subscription-key"] },
  errorBody: openAIErrorBody,
  overloadedEvent: openAIOverloadedEvent,
};
