import { Buffer } from "node:buffer";
import type { Decoded, FramedEvent, StreamDecoder, TraceUsage } from "../../streams/decoder.ts";
import { StreamEvent } from "../../streams/stream-event.ts";
import { ChatDecoder } from "./chat.ts";
import { CohereChatDecoder } from "./cohere-chat.ts";
import { ConverseDecoder, exception } from "./converse.ts";
import { Findings } from "./findings.ts";
import { MessagesDecoder } from "./messages.ts";
import { isObject, type JsonObject, number, object, objects, string } from "./values.ts";

/**
 * Decodes Amazon Bedrock's Invoke: frames with the model's native events in base64. The shape of the first event
 * identifies the model.
 */
export class InvokeDecoder implements StreamDecoder {
  #native: StreamDecoder | undefined;
  /** The usage in the model's own events. It has more counts than Bedrock's metrics, which come last. */
  #counted: TraceUsage | undefined;

  /** Claude and Nova have an end marker; Titan, Llama and others don't. */
  get hasTerminator(): boolean {
    return this.#native instanceof MessagesDecoder || this.#native instanceof ConverseDecoder;
  }

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (exception(event, found)) return found.items;
    const native = nativeEvent(event);
    if (native === undefined) return found.items;
    // Bedrock's agents send plain text in the same frames.
    if (!isObject(native.payload)) found.text(native.data);
    const payload = object(native.payload);
    this.#native ??= nativeDecoder(payload);
    const decoded = this.#native?.decode(native) ?? [];
    if (this.#native === undefined) plainModel(payload, found);
    for (const each of decoded) if (each.kind === "usage") this.#counted = each.usage;
    metrics(payload["amazon-bedrock-invocationMetrics"], this.#counted, found);
    return [...decoded, ...found.items];
  }
}

function nativeEvent(event: FramedEvent): FramedEvent | undefined {
  const payload = object(event.payload);
  if (typeof payload.bytes !== "string") return event.event === undefined ? event : undefined;
  const data = Buffer.from(payload.bytes, "base64").toString("utf8");
  return new StreamEvent(event.index, event.at, { data });
}

function nativeDecoder(payload: JsonObject): StreamDecoder | undefined {
  const type = string(payload.type) ?? "";
  if (/^(?:message|content_block|ping)(?:_|$)/.test(type)) return new MessagesDecoder();
  if (
    /^(?:message|content|tool-)-?(?:start|delta|end|call|plan)/.test(type) ||
    payload.event_type !== undefined
  ) {
    return new CohereChatDecoder();
  }
  if (
    ["messageStart", "contentBlockDelta", "contentBlockStart", "output"].some((name) =>
      isObject(payload[name]),
    )
  ) {
    return new ConverseDecoder();
  }
  if (Array.isArray(payload.choices)) return new ChatDecoder({ hasTerminator: false });
  return undefined;
}

/** Reads Titan, Llama, Mistral, Cohere Command and Claude 2: one flat object per event. */
function plainModel(payload: JsonObject, found: Findings): void {
  found.text(payload.outputText ?? payload.generation ?? payload.completion ?? payload.text);
  found.finish(payload.completionReason ?? payload.stop_reason ?? payload.finish_reason);
  for (const each of [
    ...objects(payload.outputs),
    ...objects(payload.results),
    ...objects(payload.generations),
  ]) {
    found.text(each.text ?? each.outputText);
    found.finish(each.stop_reason ?? each.completionReason ?? each.finish_reason);
  }
  if (Object.keys(payload).length === 1 || payload.__type !== undefined) {
    found.error(payload.error ?? payload.message ?? payload.Message, string(payload.__type));
  }
}

function metrics(raw: unknown, counted: TraceUsage | undefined, found: Findings): void {
  found.usage(raw, {
    totalTokens: counted?.totalTokens,
    reasoningTokens: counted?.reasoningTokens,
    cachedInputTokens: number(object(raw).cacheReadInputTokenCount) ?? counted?.cachedInputTokens,
  });
}
