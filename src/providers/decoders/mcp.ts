import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, object, objects } from "./values.ts";

/** Decodes the Model Context Protocol: notifications, then the response, which ends the stream. */
export class McpDecoder extends JsonDecoder {
  protected override read(message: JsonObject, found: Findings): void {
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
}
