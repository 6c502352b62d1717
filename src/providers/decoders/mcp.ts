import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, object, objects } from "./values.ts";

/** Decodes the Model Context Protocol: notifications, then the response, which ends the stream. */
export class McpDecoder implements StreamDecoder {
  readonly hasTerminator = true;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    for (const message of Array.isArray(event.payload) ? objects(event.payload) : [event.payload]) {
      if (isObject(message)) readMessage(message, found);
    }
    return found.items;
  }
}

function readMessage(message: JsonObject, found: Findings): void {
  const result = object(message.result);
  for (const part of objects(result.content)) if (part.type === "text") found.text(part.text);
  if (result.isError === true) {
    const words = objects(result.content)
      .map((part) => part.text)
      .filter((text) => typeof text === "string");
    found.error({ type: "tool_error", message: words.join("\n") || "The tool failed without a message" });
  }
  found.error(message.error);
  if (message.result !== undefined || message.error !== undefined) found.terminated();
}
