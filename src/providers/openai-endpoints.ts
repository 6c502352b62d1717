import { AudioDecoder } from "./decoders/audio.ts";
import { ChatDecoder, type ChatDialect } from "./decoders/chat.ts";
import { MessagesDecoder } from "./decoders/messages.ts";
import { ResponsesDecoder } from "./decoders/responses.ts";
import { endpoint } from "./endpoint.ts";
import type { ProviderEndpoint } from "./profile.ts";

interface OpenAIOptions extends ChatDialect {
  /** Whether the paths are specific enough to identify the API on any host. @defaultValue `false` */
  readonly anyHost?: boolean;
}

/**
 * Lists the endpoints of OpenAI and compatible APIs below `base`, the source of a regular expression (`/v1`).
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

/** Lists the endpoints of Anthropic's Messages API below `base`. Azure, DeepSeek, OpenRouter and others serve it too. */
export function messagesEndpoints(base: string, anyHost = false): readonly ProviderEndpoint[] {
  return [
    endpoint("messages", `${base}/messages`, { anyHost, decoder: () => new MessagesDecoder() }),
    endpoint("messages.count_tokens", `${base}/messages/count_tokens`, { anyHost }),
    endpoint("messages.batches", `${base}/messages/batches(?:/.+)?`, { anyHost }),
  ];
}
