import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, keyOf, object, objects, string } from "./values.ts";

/** Decodes LangChain's message chunks, as `model.stream()` yields them. */
export class LangChainDecoder extends JsonDecoder {
  override readonly hasTerminator = false;

  protected override read(chunk: JsonObject, found: Findings): void {
    if (typeof chunk.content === "string") found.text(chunk.content);
    for (const part of objects(chunk.content)) {
      if (part.type === "thinking" || part.type === "reasoning")
        found.reasoning(part.thinking ?? part.reasoning);
      else found.text(part.text);
    }
    found.reasoning(object(chunk.additional_kwargs).reasoning_content);
    for (const call of objects(chunk.tool_call_chunks)) {
      found.tool(`call ${keyOf(call.index ?? call.id)}`, { id: call.id, name: call.name, args: call.args });
    }
    found.usage(chunk.usage_metadata);
    const metadata = object(chunk.response_metadata);
    found.model(metadata.model_name ?? metadata.model);
    found.finish(string(metadata.finish_reason) ?? metadata.stop_reason);
  }
}
