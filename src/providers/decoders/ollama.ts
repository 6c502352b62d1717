import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { type JsonObject, object, objects } from "./values.ts";

/** Decodes Ollama's `/api/chat` and `/api/generate`: lines of JSON, the last one with `done: true`. */
export class OllamaDecoder extends JsonDecoder {
  #calls = 0;

  protected override read(payload: JsonObject, found: Findings): void {
    found.model(payload.model);
    const message = object(payload.message);
    found.reasoning(message.thinking ?? payload.thinking);
    found.text(message.content ?? payload.response);
    for (const call of objects(message.tool_calls)) {
      const { name, arguments: args } = object(call.function);
      found.tool(`call ${this.#calls++}`, { id: call.id, name, args: args ?? {} });
    }
    found.error(payload.error);
    if (payload.done === true) {
      found.finish(payload.done_reason);
      usageOf(payload, found);
      found.terminated();
    }
  }
}

/** Reads the counts in the last line. A prompt that was cached completely has none. */
function usageOf(line: JsonObject, found: Findings): void {
  const counts = Object.entries(line).filter(
    ([name]) => name === "prompt_eval_count" || name === "eval_count",
  );
  if (counts.length === 0) return;
  found.usage(Object.fromEntries(counts));
}
