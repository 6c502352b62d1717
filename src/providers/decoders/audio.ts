import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, number, object, string } from "./values.ts";

/** Decodes OpenAI transcriptions, and of speech, which has no text, the end and the usage. */
export class AudioDecoder implements StreamDecoder {
  readonly hasTerminator = true;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (event.data === "[DONE]") {
      found.terminated();
      return found.items;
    }
    const { payload } = event;
    if (!isObject(payload)) return found.items;
    const type = string(payload.type);
    if (type === "transcript.text.delta") found.text(payload.delta);
    else if (type === undefined) found.text(payload.text);
    if (type === "error" || type === undefined) found.error(payload.error);
    if (type !== undefined && /^(?:transcript\.text|speech\.audio)\.done$/.test(type)) {
      found.finish("done");
      found.terminated();
    }
    if (isObject(payload.usage)) {
      found.usage(payload.usage, {
        inputTokens: number(payload.usage.input_tokens),
        outputTokens: number(payload.usage.output_tokens),
        totalTokens: number(payload.usage.total_tokens),
        cachedInputTokens: number(object(payload.usage.input_token_details).cached_tokens),
      });
    }
    return found.items;
  }
}
