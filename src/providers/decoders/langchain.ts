import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, keyOf, number, object, objects, string } from "./values.ts";

/** Decodes LangChain's message chunks, as `model.stream()` yields them. */
export class LangChainDecoder implements StreamDecoder {
  readonly hasTerminator = false;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const chunk = object(event.payload);
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
    const { usage_metadata: usage } = chunk;
    if (isObject(usage)) {
      found.usage(usage, {
        inputTokens: number(usage.input_tokens),
        outputTokens: number(usage.output_tokens),
        totalTokens: number(usage.total_tokens),
        reasoningTokens: number(object(usage.output_token_details).reasoning),
        cachedInputTokens: number(object(usage.input_token_details).cache_read),
      });
    }
    const metadata = object(chunk.response_metadata);
    found.model(metadata.model_name ?? metadata.model);
    found.finish(string(metadata.finish_reason) ?? metadata.stop_reason);
    return found.items;
  }
}
