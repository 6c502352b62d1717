import type { FramedEvent } from "../../streams/decoder.ts";
import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { isObject, type JsonObject, object, objects, string } from "./values.ts";

interface OpenBlock {
  readonly key: string;
  /** Arguments at the start of the block; used if no pieces follow. */
  readonly input: unknown;
  streamed: boolean;
}

const TOOL_BLOCKS: ReadonlySet<unknown> = new Set(["tool_use", "server_tool_use", "mcp_tool_use"]);

/** Decodes Anthropic Messages, from any provider. A block that starts at a used index is a new block. */
export class MessagesDecoder extends JsonDecoder {
  readonly #blocks = new Map<unknown, OpenBlock>();
  #started = 0;
  #usage: JsonObject = {};

  protected override read(payload: JsonObject, found: Findings, { event }: FramedEvent): void {
    switch (string(payload.type) ?? event) {
      case "message_start": {
        const message = object(payload.message);
        found.model(message.model);
        // A gateway that starts over sends a second one, with counts from zero.
        this.#usage = {};
        // Tool calls from code that the provider runs can be complete here, with nothing to follow.
        this.#content(message, found);
        this.#addUsage(message.usage, found, string(message.stop_reason) === undefined);
        break;
      }
      case "content_block_start":
        this.#start(payload.index, object(payload.content_block), found);
        break;
      case "content_block_delta":
        this.#delta(payload.index, object(payload.delta), found);
        break;
      case "content_block_stop":
        this.#stop(payload.index, found);
        break;
      case "message_delta":
        found.finish(object(payload.delta).stop_reason);
        this.#addUsage(payload.usage, found);
        break;
      case "message_stop":
        found.terminated();
        break;
      case "message":
        this.#whole(payload, found);
        break;
      case "error":
        found.error(payload.error ?? payload);
        break;
      default:
        found.error(payload.error);
    }
  }

  #start(index: unknown, block: JsonObject, found: Findings): void {
    const key = `block ${this.#started++}`;
    this.#blocks.set(index, { key, input: block.input, streamed: false });
    if (TOOL_BLOCKS.has(block.type)) found.tool(key, { id: block.id, name: block.name });
    else if (block.type === "text") found.text(block.text);
    else if (block.type === "thinking") found.reasoning(block.thinking);
  }

  #delta(index: unknown, delta: JsonObject, found: Findings): void {
    switch (delta.type) {
      case "text_delta":
        found.text(delta.text);
        break;
      case "thinking_delta":
        found.reasoning(delta.thinking);
        break;
      case "input_json_delta": {
        const block = this.#blocks.get(index);
        if (block === undefined || string(delta.partial_json) === undefined) break;
        block.streamed = true;
        found.tool(block.key, { args: delta.partial_json });
        break;
      }
    }
  }

  #stop(index: unknown, found: Findings): void {
    const block = this.#blocks.get(index);
    if (block === undefined || block.streamed || !isObject(block.input)) return;
    if (Object.keys(block.input).length > 0) found.tool(block.key, { args: block.input });
  }

  /** Reads a message without streaming. */
  #whole(message: JsonObject, found: Findings): void {
    found.model(message.model);
    this.#content(message, found);
    this.#addUsage(message.usage, found);
  }

  #content(message: JsonObject, found: Findings): void {
    for (const block of objects(message.content)) {
      this.#start(undefined, block, found);
      if (TOOL_BLOCKS.has(block.type)) found.tool(`block ${this.#started - 1}`, { args: block.input });
    }
    found.finish(message.stop_reason);
  }

  /** Adds counts. Later ones are totals and replace earlier ones; `null` is ignored. */
  #addUsage(usage: unknown, found: Findings, provisional = false): void {
    if (!isObject(usage)) return;
    const known = Object.entries(usage).filter(([name, value]) => value !== null || !(name in this.#usage));
    const raw: JsonObject = { ...this.#usage, ...Object.fromEntries(known) };
    this.#usage = raw;
    found.usage(raw, {}, provisional);
  }
}

/** Decodes Anthropic's legacy text completions. The last event has a stop reason; no marker follows. */
export class CompleteDecoder extends JsonDecoder {
  protected override read(payload: JsonObject, found: Findings): void {
    found.model(payload.model);
    found.text(payload.completion);
    found.error(payload.error);
    if (string(payload.stop_reason) !== undefined) {
      found.finish(payload.stop_reason);
      found.terminated();
    }
  }
}
