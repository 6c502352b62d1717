import type { FramedEvent } from "../../streams/decoder.ts";
import { type Findings, sum } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { tokenCounts } from "./token-counts.ts";
import { isObject, type JsonObject, keyOf, number, object, objects, string } from "./values.ts";

/** Decodes Cohere chat v2 (SSE, `type`) and v1 (NDJSON, `event_type`). */
export class CohereChatDecoder extends JsonDecoder {
  protected override readonly endsInDone = true;
  readonly #calls = new Map<unknown, string>();
  #started = 0;

  protected override read(payload: JsonObject, found: Findings, { event }: FramedEvent): void {
    const type = string(payload.type) ?? string(payload.event_type) ?? event;
    const message = object(object(payload.delta).message);
    switch (type) {
      case "content-start":
      case "content-delta":
        found.text(object(message.content).text);
        found.reasoning(object(message.content).thinking);
        break;
      case "tool-plan-delta":
        found.reasoning(message.tool_plan);
        break;
      case "tool-call-start":
        this.#calls.set(payload.index, `call ${this.#started++}`);
        this.#call(payload.index, object(message.tool_calls), found);
        break;
      case "tool-call-delta":
        this.#call(payload.index, object(message.tool_calls), found);
        break;
      case "message-end":
        end(object(payload.delta), found);
        found.terminated();
        break;
      case "text-generation":
        found.text(payload.text);
        break;
      case "tool-calls-generation":
        for (const { name, parameters } of objects(payload.tool_calls)) {
          found.tool(`call ${this.#started++}`, { name, args: parameters });
        }
        break;
      case "stream-end":
        found.finish(payload.finish_reason);
        usageOf(object(object(payload.response).meta), found);
        found.terminated();
        break;
      case undefined:
        this.#whole(payload, found);
        break;
    }
    if (type !== undefined) found.error(payload.error);
  }

  #call(index: unknown, call: JsonObject, found: Findings): void {
    const { name, arguments: args } = object(call.function);
    found.tool(this.#calls.get(index) ?? `call at ${keyOf(index)}`, { id: call.id, name, args });
  }

  /** Reads a response without streaming, or an error. */
  #whole(payload: JsonObject, found: Findings): void {
    if (!isObject(payload.message)) {
      found.text(payload.text);
      found.finish(payload.finish_reason);
      found.error(payload.error ?? payload.message);
      return;
    }
    for (const part of objects(payload.message.content)) {
      found.text(part.text);
      found.reasoning(part.thinking);
    }
    found.reasoning(payload.message.tool_plan);
    for (const call of objects(payload.message.tool_calls)) {
      const { name, arguments: args } = object(call.function);
      found.tool(`call ${this.#started++}`, { id: call.id, name, args });
    }
    end(payload, found);
  }
}

function end(delta: JsonObject, found: Findings): void {
  found.finish(delta.finish_reason);
  usageOf(object(delta.usage), found);
  found.error(delta.error);
}

function usageOf(raw: JsonObject, found: Findings): void {
  const tokens = object(isObject(raw.tokens) ? raw.tokens : raw.billed_units);
  if (Object.keys(tokens).length === 0) return;
  found.usage(raw, {
    ...tokenCounts(tokens),
    totalTokens: sum(tokens.input_tokens, tokens.output_tokens),
    cachedInputTokens: number(raw.cached_tokens),
  });
}
