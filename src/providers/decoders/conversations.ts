import type { FramedEvent } from "../../streams/decoder.ts";
import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { isObject, type JsonObject, keyOf, objects, string } from "./values.ts";

/** Decodes Mistral's Conversations API. */
export class ConversationsDecoder extends JsonDecoder {
  protected override read(payload: JsonObject, found: Findings, event: FramedEvent): void {
    found.model(payload.model);
    switch (string(payload.type) ?? event.event) {
      case "message.output.delta":
        content(payload.content, found);
        break;
      case "function.call.delta":
        found.tool(keyOf(payload.tool_call_id ?? payload.id), {
          id: payload.tool_call_id,
          name: payload.name,
          args: payload.arguments,
        });
        break;
      case "conversation.response.done":
        found.usage(payload.usage);
        found.finish("done");
        found.terminated();
        break;
      case "conversation.response.error":
        found.error(payload);
        break;
      default:
        whole(payload, found);
    }
  }
}

function content(value: unknown, found: Findings): void {
  if (typeof value === "string") found.text(value);
  for (const part of isObject(value) ? [value] : objects(value)) {
    if (part.type === "thinking") for (const piece of objects(part.thinking)) found.reasoning(piece.text);
    else found.text(part.text);
  }
}

/** Reads a conversation without streaming, or an error. */
function whole(payload: JsonObject, found: Findings): void {
  for (const output of objects(payload.outputs)) {
    if (output.type === "message.output") content(output.content, found);
    if (output.type === "function.call") {
      found.tool(keyOf(output.tool_call_id), {
        id: output.tool_call_id,
        name: output.name,
        args: output.arguments,
      });
    }
  }
  if (Array.isArray(payload.outputs)) found.usage(payload.usage);
  if (payload.object === "error") found.error(payload);
}
