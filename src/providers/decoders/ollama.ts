import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, number, object, objects } from "./values.ts";

/** Decodes Ollama's `/api/chat` and `/api/generate`: lines of JSON, the last one with `done: true`. */
export class OllamaDecoder implements StreamDecoder {
  readonly hasTerminator = true;
  #calls = 0;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const { payload } = event;
    if (!isObject(payload)) return found.items;
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
    return found.items;
  }
}

/** Reads the counts in the last line. A prompt that was cached completely has none. */
function usageOf(line: JsonObject, found: Findings): void {
  const counts = Object.entries(line).filter(
    ([name]) => name === "prompt_eval_count" || name === "eval_count",
  );
  if (counts.length === 0) return;
  found.usage(Object.fromEntries(counts), {
    inputTokens: number(line.prompt_eval_count),
    outputTokens: number(line.eval_count),
  });
}
