import type { FramedEvent } from "../../streams/decoder.ts";
import type { Findings } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { isObject, type JsonObject, number, object, objects, string } from "./values.ts";

interface OpenCall {
  readonly key: string;
  streamed: boolean;
  whole: boolean;
}

/**
 * Decodes OpenAI Responses. Reads text only from deltas, because `.done` events, finished items and the last
 * response repeat it. Keys items by `output_index`, because proxies can change `item_id` between events.
 */
export class ResponsesDecoder extends JsonDecoder {
  protected override readonly endsInDone = true;
  readonly #calls = new Map<string, OpenCall>();
  /** Number of the response. A stream can have several, each with item indexes from 0. */
  #response = 0;

  protected override read(payload: JsonObject, found: Findings, { event = "" }: FramedEvent): void {
    const type = string(payload.type) ?? event;
    if (payload.object === "response" && !type.startsWith("response.")) {
      wholeResponse(payload, found);
      return;
    }
    switch (type) {
      case "response.output_text.delta":
      case "response.text.delta":
        found.text(payload.delta);
        break;
      case "response.refusal.delta":
        found.refusal(payload.delta);
        break;
      case "response.reasoning_summary_text.delta":
      case "response.reasoning_text.delta":
        found.reasoning(payload.delta);
        break;
      case "response.created":
        this.#response++;
        found.model(object(payload.response).model);
        break;
      case "response.apply_patch_call_operation_diff.delta":
        this.#piece(payload, insideJsonText(payload.delta), found);
        break;
      case "response.output_item.added":
        this.#item(payload, object(payload.item), false, found);
        break;
      case "response.output_item.done":
        this.#item(payload, object(payload.item), true, found);
        break;
      case "response.function_call_arguments.delta":
      case "response.custom_tool_call_input.delta":
      case "response.mcp_call_arguments.delta":
      case "response.mcp_call.arguments_delta":
        this.#piece(payload, payload.delta, found);
        break;
      case "response.function_call_arguments.done":
      case "response.custom_tool_call_input.done":
      case "response.mcp_call_arguments.done":
      case "response.mcp_call.arguments_done":
        this.#whole(payload, payload.arguments ?? payload.input, found);
        break;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
      case "response.cancelled":
      case "response.done":
        // Perplexity puts the fields of the response into the event.
        lastResponse(isObject(payload.response) ? payload.response : payload, found);
        found.terminated();
        break;
      case "error":
        found.error(isObject(payload.error) ? payload.error : payload, nestedType(payload));
        break;
      default:
        if (type === "") found.error(payload.error);
    }
  }

  #key(payload: JsonObject): string {
    return `${this.#response}:${number(payload.output_index) ?? string(payload.item_id) ?? ""}`;
  }

  #item(payload: JsonObject, item: JsonObject, done: boolean, found: Findings): void {
    if (!isToolCall(item.type)) return;
    const key = this.#key({ output_index: payload.output_index, item_id: item.id });
    const open = this.#open(key);
    found.tool(open.key, { id: item.call_id ?? item.id, name: nameOf(item) });
    if (item.type === "apply_patch_call") {
      this.#patch(open, object(item.operation), done, found);
      return;
    }
    // Perplexity reports its own calls when they are done, and sends their results instead of the item's end.
    if (done || item.status === "completed")
      this.#whole(
        { output_index: payload.output_index, item_id: item.id },
        item.arguments ?? item.input,
        found,
      );
  }

  /** Adds the operation of a patch as JSON text. Its diff, the last of its fields, is streamed between both calls. */
  #patch(open: OpenCall, operation: JsonObject, done: boolean, found: Findings): void {
    const { diff, ...fields } = operation;
    if (done) {
      if (open.streamed) found.tool(open.key, { args: '"}' });
      else if (!open.whole) found.tool(open.key, { args: operation });
      open.whole = true;
    } else if (!diff && fields.type !== "delete_file") {
      open.streamed = true;
      found.tool(open.key, { args: `${JSON.stringify(fields).slice(0, -1)},"diff":"` });
    }
  }

  #piece(payload: JsonObject, delta: unknown, found: Findings): void {
    const open = this.#open(this.#key(payload));
    if (open.whole) return;
    if (string(delta) !== undefined || isObject(delta)) open.streamed = true;
    found.tool(open.key, { args: delta });
  }

  /** Adds the whole arguments, if no pieces came before. */
  #whole(payload: JsonObject, args: unknown, found: Findings): void {
    const open = this.#open(this.#key(payload));
    if (open.streamed || open.whole || args === undefined || args === null || args === "") return;
    open.whole = true;
    found.tool(open.key, { args });
  }

  #open(key: string): OpenCall {
    let open = this.#calls.get(key);
    if (open === undefined) {
      open = { key, streamed: false, whole: false };
      this.#calls.set(key, open);
    }
    return open;
  }
}

/** Whether an item is a call that the app answers, or a call of an MCP server. */
function isToolCall(type: unknown): boolean {
  return (
    type === "function_call" ||
    type === "custom_tool_call" ||
    type === "mcp_call" ||
    type === "apply_patch_call"
  );
}

/** Returns the name of the tool. A call of a built-in tool only has a type. */
function nameOf(item: JsonObject): unknown {
  return item.type === "apply_patch_call" ? "apply_patch" : item.name;
}

/** Escapes a piece of text that is to stand inside a JSON string. */
function insideJsonText(text: unknown): string | undefined {
  return typeof text === "string" ? JSON.stringify(text).slice(1, -1) : undefined;
}

/** Reads status, usage and error of a finished response. */
function lastResponse(response: JsonObject, found: Findings): void {
  found.model(response.model);
  found.finish(response.status);
  found.error(response.error);
  found.usage(response.usage);
}

/** Reads a response without streaming. */
function wholeResponse(response: JsonObject, found: Findings): void {
  for (const [index, item] of objects(response.output).entries()) {
    if (isToolCall(item.type)) {
      found.tool(String(index), {
        id: item.call_id ?? item.id,
        name: nameOf(item),
        args: item.arguments ?? item.input ?? item.operation,
      });
    } else if (item.type === "reasoning") {
      for (const part of objects(item.summary)) found.reasoning(part.text);
      for (const part of objects(item.content)) found.reasoning(part.text);
    } else if (item.type === "message") {
      for (const part of objects(item.content)) {
        if (part.type === "refusal") found.refusal(part.refusal);
        else found.text(part.text);
      }
    }
  }
  lastResponse(response, found);
}

/** Returns the type of an error. In the flat form, `type: "error"` is the type of the event, not of the error. */
function nestedType(payload: JsonObject): string | undefined {
  return isObject(payload.error) ? undefined : (string(payload.code) ?? "error");
}
