import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, keyOf, number, objects, string } from "./values.ts";

/** Decodes Mistral's Conversations API. */
export class ConversationsDecoder implements StreamDecoder {
  readonly hasTerminator = true;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const { payload } = event;
    if (!isObject(payload)) return found.items;
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
        usageOf(payload.usage, found);
        found.finish("done");
        found.terminated();
        break;
      case "conversation.response.error":
        found.error(payload);
        break;
      default:
        whole(payload, found);
    }
    return found.items;
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
  if (Array.isArray(payload.outputs)) usageOf(payload.usage, found);
  if (payload.object === "error") found.error(payload);
}

function usageOf(raw: unknown, found: Findings): void {
  if (!isObject(raw)) return;
  found.usage(raw, {
    inputTokens: number(raw.prompt_tokens),
    outputTokens: number(raw.completion_tokens),
    totalTokens: number(raw.total_tokens),
  });
}
