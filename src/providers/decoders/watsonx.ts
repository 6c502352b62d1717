import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, number, objects } from "./values.ts";

/** Decodes IBM watsonx.ai text generation. It has no end marker, and its counts are spread over the events. */
export class WatsonxDecoder extends JsonDecoder {
  override readonly hasTerminator = false;
  #usage: Record<string, number> = {};

  protected override read(payload: JsonObject, found: Findings): void {
    found.model(payload.model_id);
    for (const result of objects(payload.results)) {
      found.text(result.generated_text);
      if (typeof result.stop_reason === "string" && result.stop_reason.toLowerCase() !== "not_finished") {
        found.finish(result.stop_reason);
      }
      this.#addUsage(result, found);
    }
    for (const error of objects(payload.errors)) found.error(error);
    found.error(payload.error);
  }

  /** Adds counts. The prompt's count is in the first event only, the output's count grows. */
  #addUsage(result: JsonObject, found: Findings): void {
    for (const name of ["input_token_count", "generated_token_count"]) {
      const count = number(result[name]);
      if (count !== undefined && count >= (this.#usage[name] ?? 0)) this.#usage[name] = count;
    }
    if (Object.keys(this.#usage).length > 0) found.usage({ ...this.#usage });
  }
}
