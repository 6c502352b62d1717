import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, keyOf, number, object, objects, string } from "./values.ts";

/** Decodes OpenAI Assistants: runs of a thread, by the names of their events. */
export class AssistantsDecoder implements StreamDecoder {
  readonly hasTerminator = true;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (event.data === "[DONE]") {
      found.terminated();
      return found.items;
    }
    const { payload } = event;
    if (!isObject(payload)) return found.items;
    const type = event.event ?? string(payload.object) ?? "";
    if (type === "error") found.error(payload.error ?? payload);
    else if (type === "thread.message.delta") messageDelta(payload, found);
    else if (type === "thread.run.step.delta") stepDelta(payload, found);
    else if (/^thread\.run(?:\.|$)/.test(type)) run(type, payload, found);
    return found.items;
  }
}

function messageDelta(payload: JsonObject, found: Findings): void {
  for (const part of objects(object(payload.delta).content)) {
    found.text(object(part.text).value);
    found.refusal(part.refusal);
  }
}

function stepDelta(payload: JsonObject, found: Findings): void {
  for (const call of objects(object(object(payload.delta).step_details).tool_calls)) {
    if (call.type !== "function") continue;
    const { name, arguments: args } = object(call.function);
    found.tool(`${keyOf(payload.id)}:${keyOf(call.index)}`, { id: call.id, name, args });
  }
}

function run(type: string, payload: JsonObject, found: Findings): void {
  found.model(payload.model);
  found.error(payload.last_error);
  if (!type.startsWith("thread.run.step") && !/(?:created|queued|in_progress|cancelling)$/.test(type)) {
    found.finish(payload.status);
  }
  const { usage } = payload;
  if (!isObject(usage)) return;
  found.usage(usage, {
    inputTokens: number(usage.prompt_tokens),
    outputTokens: number(usage.completion_tokens),
    totalTokens: number(usage.total_tokens),
    reasoningTokens: number(object(usage.completion_tokens_details).reasoning_tokens),
    cachedInputTokens: number(object(usage.prompt_token_details).cached_tokens),
  });
}
