import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings } from "./findings.ts";
import { isObject, type JsonObject, keyOf, object, objects, string } from "./values.ts";

/** Decodes Amazon Bedrock's Converse. An event is named by its frame; Nova's native events are named by their key. */
export class ConverseDecoder implements StreamDecoder {
  readonly hasTerminator = true;
  readonly #blocks = new Map<unknown, string>();
  #started = 0;

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    const { payload } = event;
    if (exception(event, found)) return found.items;
    if (!isObject(payload)) return found.items;
    const nested = EVENTS.find((name) => isObject(payload[name]));
    if (nested !== undefined) this.#event(nested, object(payload[nested]), found);
    else if (event.event !== undefined) this.#event(event.event, payload, found);
    else this.#whole(payload, found);
    return found.items;
  }

  #event(type: string, payload: JsonObject, found: Findings): void {
    switch (type) {
      case "contentBlockStart": {
        const { toolUse } = object(payload.start);
        if (!isObject(toolUse)) break;
        const key = `block ${this.#started++}`;
        this.#blocks.set(payload.contentBlockIndex, key);
        found.tool(key, { id: toolUse.toolUseId, name: toolUse.name });
        break;
      }
      case "contentBlockDelta":
        this.#delta(payload.contentBlockIndex, object(payload.delta), found);
        break;
      case "messageStop":
        found.finish(payload.stopReason);
        found.terminated();
        break;
      case "metadata":
        found.usage(payload.usage);
        break;
    }
  }

  #delta(index: unknown, delta: JsonObject, found: Findings): void {
    found.text(delta.text);
    found.reasoning(object(delta.reasoningContent).text);
    if (isObject(delta.toolUse)) {
      found.tool(this.#blocks.get(index) ?? `block of ${keyOf(index)}`, { args: delta.toolUse.input });
    }
  }

  /** Reads a response without streaming, or an error. */
  #whole(payload: JsonObject, found: Findings): void {
    const message = object(object(payload.output).message);
    for (const block of objects(message.content)) {
      found.text(block.text);
      for (const part of objects(object(block.citationsContent).content)) found.text(part.text);
      found.reasoning(object(object(block.reasoningContent).reasoningText).text);
      if (isObject(block.toolUse)) {
        const { toolUseId, name, input } = block.toolUse;
        found.tool(`block ${this.#started++}`, { id: toolUseId, name, args: input });
      }
    }
    found.finish(payload.stopReason);
    found.usage(payload.usage);
    if (payload.output === undefined)
      found.error(payload.error ?? payload.message ?? payload.Message, string(payload.__type));
  }
}

const EVENTS = [
  "messageStart",
  "contentBlockStart",
  "contentBlockDelta",
  "contentBlockStop",
  "messageStop",
  "metadata",
];

/** Reads a frame that reports a failure. Returns `false` for any other frame. */
export function exception(event: FramedEvent, found: Findings): boolean {
  const { messageType, payload, data } = event;
  if (messageType !== "exception" && messageType !== "error") return false;
  found.error(
    isObject(payload) ? payload : data === "" ? (event.event ?? "unknown error") : data,
    event.event,
  );
  return true;
}
