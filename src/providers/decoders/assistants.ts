import type { FramedEvent } from "../../streams/decoder.ts";
import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, keyOf, object, objects, string } from "./values.ts";

/** Decodes OpenAI Assistants: runs of a thread, by the names of their events. */
export class AssistantsDecoder extends JsonDecoder {
  protected override readonly endsInDone = true;

  protected override read(payload: JsonObject, found: Findings, event: FramedEvent): void {
    const type = event.event ?? string(payload.object) ?? "";
    if (type === "error") found.error(payload.error ?? payload);
    else if (type === "thread.message.delta") messageDelta(payload, found);
    else if (type === "thread.run.step.delta") stepDelta(payload, found);
    else if (/^thread\.run(?:\.|$)/.test(type)) run(type, payload, found);
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
  found.usage(payload.usage);
}
