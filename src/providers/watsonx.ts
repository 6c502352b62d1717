import { ChatDecoder } from "./decoders/chat.ts";
import { WatsonxDecoder } from "./decoders/watsonx.ts";
import { endpoint } from "./endpoint.ts";
import { openAIOverloadedEvent } from "./error-bodies.ts";
import { openAIEndpoints } from "./openai-endpoints.ts";
import type { ProviderProfile } from "./profile.ts";
import { CHAT_IDS, SDK_HEADERS } from "./varying.ts";

/** IBM watsonx.ai: text generation in its own format, chat in OpenAI's. */
export const watsonx: ProviderProfile = {
  name: "ibm.watsonx.ai",
  hosts: [".ml.cloud.ibm.com", ".aws.wxai.ibm.com"],
  endpoints: [
    endpoint("chat", "/ml/v[^/]+/(?:deployments/[^/]+/)?text/chat(?:_stream)?", {
      decoder: () => new ChatDecoder({ hasTerminator: false }),
    }),
    endpoint(
      "generation",
      "/ml/v[^/]+/(?:deployments/[^/]+/)?(?:text/)?generation(?:/text(?:_stream)?|_stream)?",
      { decoder: () => new WatsonxDecoder() },
    ),
    ...openAIEndpoints("/ml/gateway/v1"),
  ],
  keyVariables: ["WATSONX_API_KEY", "WATSONX_APIKEY", "WATSONX_AI_APIKEY"],
  varies: { headers: SDK_HEADERS, ids: CHAT_IDS },
  secrets: { fields: ["apikey"] },
  errorBody: ({ status, type, message }) => ({ errors: [{ code: type, message }], status_code: status }),
  overloadedEvent: openAIOverloadedEvent,
};
