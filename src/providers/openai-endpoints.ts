import { AudioDecoder } from "./decoders/audio.ts";
import { ChatDecoder, type ChatDialect } from "./decoders/chat.ts";
import { MessagesDecoder } from "./decoders/messages.ts";
import { ResponsesDecoder } from "./decoders/responses.ts";
import { endpoint } from "./endpoint.ts";
import type { ProviderEndpoint } from "./profile.ts";

interface OpenAIOptions extends ChatDialect {
  /** For paths long enough to tell the API by themselves. @defaultValue `false` */
  readonly anyHost?: boolean;
}

/**
 * The endpoints that OpenAI and everyone who imitates it serve, below `base`, a regular expression's
 * source (`/v1`).
 */
export function openAIEndpoints(base: string, options: OpenAIOptions = {}): readonly ProviderEndpoint[] {
  const { anyHost = false, ...dialect } = options;
  const chat = () => new ChatDecoder(dialect);
  const audio = () => new AudioDecoder();
  return [
    endpoint("chat", `${base}/chat/completions`, { anyHost, decoder: chat }),
    endpoint("completions", `${base}/completions`, { anyHost, decoder: chat }),
    endpoint("responses", `${base}/responses(?:/[^/]+)?`, { anyHost, decoder: () => new ResponsesDecoder() }),
    endpoint("responses.items", `${base}/responses/[^/]+/[^/]+`, { anyHost }),
    endpoint("embeddings", `${base}/embeddings`, { anyHost }),
    endpoint("models", `${base}/models`, { anyHost }),
    endpoint("models", `${base}/models/.+`),
    endpoint("transcriptions", `${base}/audio/(?:transcriptions|translations)`, { anyHost, decoder: audio }),
    endpoint("speech", `${base}/audio/speech`, { anyHost, decoder: audio }),
    endpoint("images", `${base}/images/(?:generations|edits|variations)`, { anyHost }),
    endpoint("moderations", `${base}/moderations`, { anyHost }),
    endpoint("rerank", `${base}/rerank`, { anyHost }),
  ];
}

/** Anthropic's Messages API below `base`, as Anthropic, Azure, DeepSeek, OpenRouter and others serve it. */
export function messagesEndpoints(base: string, anyHost = false): readonly ProviderEndpoint[] {
  return [
    endpoint("messages", `${base}/messages`, { anyHost, decoder: () => new MessagesDecoder() }),
    endpoint("messages.count_tokens", `${base}/messages/count_tokens`, { anyHost }),
    endpoint("messages.batches", `${base}/messages/batches(?:/.+)?`, { anyHost }),
  ];
}
