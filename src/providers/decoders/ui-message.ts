import { isError } from "../../cassette/is-error.ts";
import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, keyOf, number, object } from "./values.ts";

/**
 * Decodes the AI SDK's UI message stream, and the parts of its `fullStream`, which have the same names but `text`
 * instead of `delta`.
 */
export class UiMessageDecoder implements StreamDecoder {
  readonly hasTerminator = true;
  readonly terminatorOptional = true;
  readonly #streamed = new Set<unknown>();

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (event.data === "[DONE]") {
      found.terminated();
      return found.items;
    }
    const { payload } = event;
    // Mastra wraps the fields of a part in a `payload`.
    if (isObject(payload)) {
      this.#part(isObject(payload.payload) ? { ...payload.payload, type: payload.type } : payload, found);
    }
    return found.items;
  }

  #part(part: JsonObject, found: Findings): void {
    switch (part.type) {
      case "response-metadata":
        found.model(part.modelId);
        break;
      case "text-delta":
        found.text(part.delta ?? part.text ?? part.textDelta);
        break;
      case "reasoning-delta":
        found.reasoning(part.delta ?? part.text);
        break;
      case "tool-input-start":
        found.tool(key(part), { id: part.toolCallId ?? part.id, name: part.toolName });
        break;
      case "tool-input-delta":
        this.#streamed.add(key(part));
        found.tool(key(part), { args: part.inputTextDelta ?? part.delta });
        break;
      case "tool-input-available":
      case "tool-input-error":
      case "tool-call":
        this.#whole(part, found);
        break;
      case "finish":
        found.finish(
          object(part.finishReason).raw ??
            object(part.finishReason).unified ??
            part.finishReason ??
            object(part.stepResult).reason,
        );
        usageOf(part.totalUsage ?? part.usage ?? object(part.output).usage, found);
        break;
      case "error":
        found.error(part.errorText ?? errorOf(part.error));
        break;
    }
  }

  /** Adds the whole input, if no pieces came before. */
  #whole(part: JsonObject, found: Findings): void {
    const input = part.input ?? part.args;
    const known = this.#streamed.has(key(part));
    found.tool(key(part), { id: part.toolCallId, name: part.toolName, args: known ? undefined : input });
    this.#streamed.add(key(part));
  }
}

function key(part: JsonObject): string {
  return keyOf(part.toolCallId ?? part.id);
}

function errorOf(error: unknown): unknown {
  return isError(error) ? { type: error.name, message: error.message } : error;
}

function usageOf(raw: unknown, found: Findings): void {
  if (!isObject(raw)) return;
  const count = (value: unknown) => number(value) ?? number(object(value).total);
  found.usage(raw, {
    inputTokens: count(raw.inputTokens),
    outputTokens: count(raw.outputTokens),
    totalTokens: number(raw.totalTokens),
    reasoningTokens: number(raw.reasoningTokens) ?? number(object(raw.outputTokens).reasoning),
    cachedInputTokens: number(raw.cachedInputTokens) ?? number(object(raw.inputTokens).cacheRead),
  });
}
