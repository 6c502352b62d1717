import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, objects } from "./values.ts";

/** Decodes events that hold a JSON object, or a list of them. */
export abstract class JsonDecoder implements StreamDecoder {
  readonly hasTerminator: boolean = true;
  /** Whether `[DONE]` ends the stream, as in most APIs of OpenAI. */
  protected readonly endsInDone: boolean = false;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (this.endsInDone && event.data === "[DONE]") found.terminated();
    else if (isObject(event.payload)) this.read(event.payload, found, event);
    else for (const each of objects(event.payload)) this.read(each, found, event);
    return found.items;
  }

  protected abstract read(payload: JsonObject, found: Findings, event: FramedEvent): void;
}
