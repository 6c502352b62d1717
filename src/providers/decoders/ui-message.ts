import { isError } from "../../cassette/is-error.ts";
import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { isObject, type JsonObject, keyOf, object } from "./values.ts";

/**
 * Decodes the AI SDK's UI message stream, and the parts of its `fullStream`, which have the same names but `text`
 * instead of `delta`.
 */
export class UiMessageDecoder extends JsonDecoder {
  readonly terminatorOptional = true;
  protected override readonly endsInDone = true;
  readonly #streamed = new Set<unknown>();

  protected override read(given: JsonObject, found: Findings): void {
    // Mastra wraps the fields of a part in a `payload`.
    const part: JsonObject = isObject(given.payload) ? { ...given.payload, type: given.type } : given;
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
        found.usage(part.totalUsage ?? part.usage ?? object(part.output).usage);
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
