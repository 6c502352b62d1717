import { type Findings, sum } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { PartialArguments } from "./partial-arguments.ts";
import { isObject, type JsonObject, object, objects, string } from "./values.ts";

/** Decodes Gemini's `generateContent`, on the Gemini API and on Vertex AI. Its streams have no end marker. */
export class GenerateContentDecoder extends JsonDecoder {
  override readonly hasTerminator = false;
  #calls = 0;
  /** The function call whose arguments are being streamed. */
  #open: { readonly key: string; readonly args: PartialArguments } | undefined;

  protected override read(payload: JsonObject, found: Findings): void {
    found.model(payload.modelVersion);
    for (const candidate of objects(payload.candidates)) {
      for (const part of objects(object(candidate.content).parts)) this.#part(part, found);
      found.finish(candidate.finishReason);
    }
    found.finish(object(payload.promptFeedback).blockReason);
    const { candidatesTokenCount, thoughtsTokenCount } = object(payload.usageMetadata);
    found.usage(payload.usageMetadata, { outputTokens: sum(candidatesTokenCount, thoughtsTokenCount) });
    found.error(payload.error);
  }

  #part(part: JsonObject, found: Findings): void {
    if (part.thought === true) found.reasoning(part.text);
    else found.text(part.text);
    if (isObject(part.functionCall)) this.#functionCall(part.functionCall, found);
  }

  #functionCall(call: JsonObject, found: Findings): void {
    if (string(call.name) !== undefined) {
      const key = `call ${this.#calls++}`;
      const streamed = call.willContinue === true || Array.isArray(call.partialArgs);
      if (!streamed) {
        this.#open = undefined;
        found.tool(key, { id: call.id, name: call.name, args: call.args ?? {} });
        return;
      }
      this.#open = { key, args: new PartialArguments(call.args) };
      found.toolInput(key, this.#open.args.value, "", call.name, call.id);
    }
    if (this.#open === undefined) return;
    const { key, args } = this.#open;
    const added = objects(call.partialArgs).map((piece) => args.add(piece));
    if (added.length > 0) found.toolInput(key, args.value, added.join(""));
    if (call.willContinue !== true) this.#open = undefined;
  }
}
