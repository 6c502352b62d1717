import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, string } from "./values.ts";

/** Decodes OpenAI transcriptions, and of speech, which has no text, the end and the usage. */
export class AudioDecoder extends JsonDecoder {
  protected override readonly endsInDone = true;

  protected override read(payload: JsonObject, found: Findings): void {
    const type = string(payload.type);
    if (type === "transcript.text.delta") found.text(payload.delta);
    else if (type === undefined) found.text(payload.text);
    if (type === "error" || type === undefined) found.error(payload.error);
    if (type !== undefined && /^(?:transcript\.text|speech\.audio)\.done$/.test(type)) {
      found.finish("done");
      found.terminated();
    }
    found.usage(payload.usage);
  }
}
