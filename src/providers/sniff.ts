import type { FramedEvent, StreamDecoder } from "../streams/decoder.ts";
import type { Framed } from "../streams/framing.ts";
import { ErrorEventDecoder, isErrorEvent } from "./decoders/error-body.ts";
import { LangChainDecoder } from "./decoders/langchain.ts";
import { PlainTextDecoder } from "./decoders/plain-text.ts";
import { array, isObject, type JsonObject, object, string } from "./decoders/values.ts";
import { profiles } from "./registry.ts";

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
  const unknown = (decoder: StreamDecoder): Sniffed => ({ provider: undefined, api: undefined, decoder });
  if (framing === "text") return unknown(new PlainTextDecoder());
  const first = unclosed === undefined ? events : [...events.slice(0, MAX_EVENTS), unclosed];
  for (const event of first.slice(0, MAX_EVENTS + 1)) {
    const sniffed = sniffEvent(event);
    if (sniffed !== undefined) return sniffed;
  }
  return first.some(isErrorEvent) ? unknown(new ErrorEventDecoder()) : undefined;
}

function sniffEvent(event: FramedEvent): Sniffed | undefined {
  if (event.messageType !== undefined)
    return as("aws.bedrock", event.event === "chunk" ? "invoke" : "converse");
  const payload = Array.isArray(event.payload) ? event.payload[0] : event.payload;
  // Only Replicate's data is not JSON.
  if (!isObject(payload)) return event.event === "output" ? as("replicate", "stream") : undefined;
  const shape = {
    payload,
    type: string(payload.type) ?? event.event ?? "",
    eventType: string(payload.event_type) ?? "",
    kind: string(payload.object) ?? "",
  };
  const found = SHAPES.find(([, , isOf]) => isOf(shape));
  if (found !== undefined) return as(found[0], found[1]);
  return "content" in payload && ("tool_call_chunks" in payload || "lc_namespace" in payload)
    ? { provider: undefined, api: "langchain", decoder: new LangChainDecoder() }
    : undefined;
}

function as(provider: string, api: string): Sniffed | undefined {
  const profile = profiles.find(({ name }) => name === provider);
  const decoder = profile?.endpoints.find((each) => each.api === api && each.decoder)?.decoder?.();
  return decoder && { provider, api, decoder };
}

interface Shape {
  readonly payload: JsonObject;
  /** `type`, or the name of the event. */
  readonly type: string;
  /** `event_type`. */
  readonly eventType: string;
  /** `object`. */
  readonly kind: string;
}

/** The shapes of events, the most specific one first, with the provider and API whose decoder reads them. */
const SHAPES: readonly (readonly [provider: string, api: string, isOf: (shape: Shape) => boolean])[] = [
  ["mcp", "mcp", ({ payload }) => payload.jsonrpc === "2.0"],
  ["openai-compatible", "completions", ({ kind }) => kind === "text_completion"],
  [
    "openai-compatible",
    "chat",
    ({ payload, kind }) => /^(?:chat|text)[._]completion/.test(kind) || Array.isArray(payload.choices),
  ],
  ["openai", "responses", ({ type, kind }) => type.startsWith("response.") || kind === "response"],
  ["openai", "transcriptions", ({ type }) => /^(?:transcript\.text|speech\.audio)\./.test(type)],
  ["openai", "assistants", ({ kind }) => kind.startsWith("thread.")],
  [
    "anthropic",
    "messages",
    ({ payload, type }) =>
      /^(?:message_(?:start|delta|stop)|content_block_(?:start|delta|stop))$/.test(type) ||
      (type === "message" && Array.isArray(payload.content)),
  ],
  ["anthropic", "complete", ({ payload, type }) => type === "completion" && "completion" in payload],
  [
    "gcp.gemini",
    "generateContent",
    ({ payload }) => ["candidates", "usageMetadata", "promptFeedback"].some((name) => name in payload),
  ],
  ["gcp.gemini", "interactions", ({ eventType }) => /^(?:interaction|step|content)\./.test(eventType)],
  [
    "cohere",
    "chat",
    ({ type }) =>
      /^(?:message-(?:start|end)|content-(?:start|delta|end)|tool-plan-delta|tool-call-(?:start|delta|end))$/.test(
        type,
      ),
  ],
  [
    "cohere",
    "chat.v1",
    ({ eventType }) => /^(?:stream-(?:start|end)|text-generation|tool-calls-generation)$/.test(eventType),
  ],
  ["ollama", "chat", ({ payload }) => typeof payload.done === "boolean" && "message" in payload],
  ["ollama", "generate", ({ payload }) => typeof payload.done === "boolean" && "response" in payload],
  [
    "ai-sdk-ui",
    "ui-message-stream",
    ({ payload, type }) => UI_PART.test(type) || (type === "error" && "errorText" in payload),
  ],
  [
    "mistral_ai",
    "conversations",
    ({ type }) => /^(?:conversation\.response|message\.output|function\.call)\./.test(type),
  ],
  ["ibm.watsonx.ai", "generation", ({ payload }) => "generated_text" in object(array(payload.results)[0])],
  [
    "aws.bedrock",
    "converse",
    ({ payload }) => isObject(payload.messageStart) || isObject(payload.contentBlockDelta),
  ],
];

const UI_PART =
  /^(?:start|start-step|text-(?:start|delta|end)|reasoning-(?:start|delta|end)|tool-(?:input|output)-[a-z]+|tool-call|data-.+|source-(?:url|document)|stream-start|finish-step)$/;
