import { endpoint } from "./endpoint.ts";
import type { ProviderEndpoint } from "./profile.ts";

/**
 * The endpoints that OpenAI and everyone who imitates it serve, below `base`, a regular expression's
 * source (`/v1`). `anyHost` is for paths long enough to tell the API by themselves.
 */
export function openAIEndpoints(base: string, anyHost = false): readonly ProviderEndpoint[] {
  const options = { anyHost };
  return [
    endpoint("chat", `${base}/chat/completions`, options),
    endpoint("completions", `${base}/completions`, options),
    endpoint("responses", `${base}/responses(?:/[^/]+)?`, options),
    endpoint("responses.items", `${base}/responses/[^/]+/[^/]+`, options),
    endpoint("embeddings", `${base}/embeddings`, options),
    endpoint("models", `${base}/models`, options),
    endpoint("models", `${base}/models/.+`),
    endpoint("transcriptions", `${base}/audio/(?:transcriptions|translations)`, options),
    endpoint("speech", `${base}/audio/speech`, options),
    endpoint("images", `${base}/images/(?:generations|edits|variations)`, options),
    endpoint("moderations", `${base}/moderations`, options),
    endpoint("rerank", `${base}/rerank`, options),
  ];
}

/** Anthropic's Messages API below `base`, as Anthropic, Azure, DeepSeek, OpenRouter and others serve it. */
export function messagesEndpoints(base: string, anyHost = false): readonly ProviderEndpoint[] {
  const options = { anyHost };
  return [
    endpoint("messages", `${base}/messages`, options),
    endpoint("messages.count_tokens", `${base}/messages/count_tokens`, options),
    endpoint("messages.batches", `${base}/messages/batches(?:/.+)?`, options),
  ];
}
