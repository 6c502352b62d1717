import { UiMessageDecoder } from "./decoders/ui-message.ts";
import { endpoint } from "./endpoint.ts";
import { OVERLOADED_MESSAGE, sse } from "./error-bodies.ts";
import type { ProviderProfile } from "./profile.ts";

/**
 * The AI SDK's UI message stream, which an app's own chat route returns. It has no URL of its own: the response
 * header `x-vercel-ai-ui-message-stream` or the shape of its parts identifies it.
 */
export const aiSdkUi: ProviderProfile = {
  name: "ai-sdk-ui",
  hosts: [],
  endpoints: [endpoint("ui-message-stream", "/.*", { decoder: () => new UiMessageDecoder() })],
  keyVariables: [],
  varies: { body: ["id", "messages[*].id"], ids: ["messages[*].parts[*].toolCallId"] },
  secrets: {},
  errorBody: ({ message }) => ({ error: message }),
  overloadedEvent: () => sse({ type: "error", errorText: OVERLOADED_MESSAGE }),
};
