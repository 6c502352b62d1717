import type { StreamDecoder } from "../streams/decoder.ts";
import type { Framed } from "../streams/framing.ts";
import { AssistantsDecoder } from "./decoders/assistants.ts";
import { AudioDecoder } from "./decoders/audio.ts";
import { ChatDecoder } from "./decoders/chat.ts";
import { CohereChatDecoder } from "./decoders/cohere-chat.ts";
import { ConversationsDecoder } from "./decoders/conversations.ts";
import { ConverseDecoder } from "./decoders/converse.ts";
import { ErrorEventDecoder, isErrorEvent } from "./decoders/error-body.ts";
import { GenerateContentDecoder } from "./decoders/generate-content.ts";
import { InteractionsDecoder } from "./decoders/interactions.ts";
import { InvokeDecoder } from "./decoders/invoke.ts";
import { LangChainDecoder } from "./decoders/langchain.ts";
import { McpDecoder } from "./decoders/mcp.ts";
import { CompleteDecoder, MessagesDecoder } from "./decoders/messages.ts";
import { OllamaDecoder } from "./decoders/ollama.ts";
import { PlainTextDecoder } from "./decoders/plain-text.ts";
import { ReplicateDecoder } from "./decoders/replicate.ts";
import { ResponsesDecoder } from "./decoders/responses.ts";
import { UiMessageDecoder } from "./decoders/ui-message.ts";
import { isObject, type JsonObject, object, string } from "./decoders/values.ts";
import { WatsonxDecoder } from "./decoders/watsonx.ts";

/** The provider of a stream, as the shape of its events shows it. */
export interface Sniffed {
  readonly provider: string | undefined;
  readonly api: string | undefined;
  readonly decoder: StreamDecoder;
}

/** How many events to look at. The first ones can be pings or notifications. */
const MAX_EVENTS = 12;

/** Recognizes a stream by the shape of its first events; `undefined` if it is unknown. */
export function sniff({ framing, events, unclosed }: Framed): Sniffed | undefined {
  if (framing === "text") return { provider: undefined, api: undefined, decoder: new PlainTextDecoder() };
  const first = unclosed === undefined ? events : [...events.slice(0, MAX_EVENTS), unclosed];
  for (const event of first.slice(0, MAX_EVENTS + 1)) {
    const payload = Array.isArray(event.payload) ? event.payload[0] : event.payload;
    const sniffed =
      event.messageType !== undefined
        ? byFrame(event.event)
        : isObject(payload)
          ? byShape(payload, string(payload.type) ?? event.event ?? "")
          : byName(event.event);
    if (sniffed !== undefined) return sniffed;
  }
  return first.some(isErrorEvent)
    ? { provider: undefined, api: undefined, decoder: new ErrorEventDecoder() }
    : undefined;
}

/** @param provider the name of its profile */
function as(provider: string, api: string, decoder: StreamDecoder): Sniffed {
  return { provider, api, decoder };
}

function byFrame(name: string | undefined): Sniffed {
  return name === "chunk"
    ? as("aws.bedrock", "invoke", new InvokeDecoder())
    : as("aws.bedrock", "converse", new ConverseDecoder());
}

/** Checks the most specific shape first. */
function byShape(payload: JsonObject, type: string): Sniffed | undefined {
  const kind = string(payload.object) ?? "";
  const eventType = string(payload.event_type) ?? "";
  if (payload.jsonrpc === "2.0") return as("mcp", "mcp", new McpDecoder());
  if (/^(?:chat|text)[._]completion/.test(kind) || Array.isArray(payload.choices)) {
    const api = kind === "text_completion" ? "completions" : "chat";
    return as("openai-compatible", api, new ChatDecoder({ terminatorOptional: true }));
  }
  if (type.startsWith("response.") || kind === "response")
    return as("openai", "responses", new ResponsesDecoder());
  if (type.startsWith("transcript.text.") || type.startsWith("speech.audio.")) {
    return as("openai", "transcriptions", new AudioDecoder());
  }
  if (/^thread\./.test(kind)) return as("openai", "assistants", new AssistantsDecoder());
  if (/^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop))$/.test(type)) {
    return as("anthropic", "messages", new MessagesDecoder());
  }
  if (type === "message" && Array.isArray(payload.content))
    return as("anthropic", "messages", new MessagesDecoder());
  if (type === "completion" && "completion" in payload)
    return as("anthropic", "complete", new CompleteDecoder());
  if (["candidates", "usageMetadata", "promptFeedback"].some((name) => name in payload)) {
    return as("gcp.gemini", "generateContent", new GenerateContentDecoder());
  }
  if (/^(?:interaction|step|content)\./.test(eventType)) {
    return as("gcp.gemini", "interactions", new InteractionsDecoder());
  }
  if (COHERE_EVENT.test(type)) {
    return as("cohere", "chat", new CohereChatDecoder());
  }
  if (/^(?:stream-(?:start|end)|text-generation|tool-calls-generation)$/.test(eventType)) {
    return as("cohere", "chat.v1", new CohereChatDecoder());
  }
  if (typeof payload.done === "boolean" && ("message" in payload || "response" in payload)) {
    return as("ollama", "message" in payload ? "chat" : "generate", new OllamaDecoder());
  }
  if (UI_PART.test(type) || (type === "error" && "errorText" in payload))
    return as("ai-sdk-ui", "ui-message-stream", new UiMessageDecoder());
  if (/^(?:conversation\.response|message\.output|function\.call)\./.test(type)) {
    return as("mistral_ai", "conversations", new ConversationsDecoder());
  }
  if (Array.isArray(payload.results) && "generated_text" in object(payload.results[0])) {
    return as("ibm.watsonx.ai", "generation", new WatsonxDecoder());
  }
  if (["messageStart", "contentBlockDelta"].some((name) => isObject(payload[name]))) {
    return as("aws.bedrock", "converse", new ConverseDecoder());
  }
  if ("content" in payload && ("tool_call_chunks" in payload || "lc_namespace" in payload)) {
    return { provider: undefined, api: "langchain", decoder: new LangChainDecoder() };
  }
  return undefined;
}

const COHERE_EVENT =
  /^(?:message-(?:start|end)|content-(?:start|delta|end)|tool-plan-delta|tool-call-(?:start|delta|end))$/;
const UI_PART =
  /^(?:start|start-step|text-(?:start|delta|end)|reasoning-(?:start|delta|end)|tool-(?:input|output)-[a-z]+|tool-call|data-.+|source-(?:url|document)|stream-start|finish-step)$/;

/** Recognizes streams whose data is not JSON: only Replicate's. */
function byName(name: string | undefined): Sniffed | undefined {
  return name === "output" ? as("replicate", "stream", new ReplicateDecoder()) : undefined;
}
