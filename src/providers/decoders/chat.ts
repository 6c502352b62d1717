import type { FramedEvent } from "../../streams/decoder.ts";
import { type Findings, sum } from "./findings.ts";
import { JsonDecoder } from "./json-decoder.ts";
import { tokenCounts } from "./token-counts.ts";
import { array, isObject, type JsonObject, keyOf, number, object, objects, string } from "./values.ts";

/** How an API that is compatible with Chat Completions ends its streams. */
export interface ChatDialect {
  /** @defaultValue `true` */
  readonly hasTerminator?: boolean;
  /** @defaultValue `false` */
  readonly terminatorOptional?: boolean;
}

/**
 * Decodes OpenAI Chat Completions, legacy completions, and compatible APIs. One decoder handles every dialect,
 * because gateways forward all of them.
 */
export class ChatDecoder extends JsonDecoder {
  override readonly hasTerminator: boolean;
  readonly terminatorOptional: boolean;
  protected override readonly endsInDone = true;
  /** The current call of each (choice, index). A new id under the same index is a new call. */
  readonly #calls = new Map<string, { readonly key: string; readonly id: string | undefined }>();
  /** The slots of each choice in the order of their calls, and the last one used. */
  readonly #slots = new Map<string, { readonly order: Set<string>; last: string }>();
  #streamed = false;

  constructor({ hasTerminator = true, terminatorOptional = false }: ChatDialect = {}) {
    super();
    this.hasTerminator = hasTerminator;
    this.terminatorOptional = terminatorOptional;
  }

  protected override read(payload: JsonObject, found: Findings, event: FramedEvent): void {
    found.model(payload.model);
    for (const choice of objects(payload.choices)) this.#choice(choice, found);
    chatUsage(payload.usage ?? object(payload.x_groq).usage, found);
    chatError(event, payload, found);
  }

  #choice(choice: JsonObject, found: Findings): void {
    const index = keyOf(choice.index ?? 0);
    // Some repeat the whole message beside each delta; only the delta is new. A response without streaming can
    // have an empty delta beside its message.
    const before = found.items.length;
    if (isObject(choice.delta)) this.#message(choice.delta, index, found);
    this.#streamed ||= found.items.length > before;
    if (!this.#streamed && isObject(choice.message)) this.#message(choice.message, index, found);
    if (!isObject(choice.delta) && !isObject(choice.message)) found.text(choice.text);
    // Mistral and DeepSeek on Bedrock send `stop_reason`; vLLM sends both.
    found.finish(choice.finish_reason ?? choice.stop_reason);
    chatUsage(choice.usage, found);
    found.error(choice.error);
  }

  #message(message: JsonObject, choice: string, found: Findings): void {
    reasoningOf(message, found);
    contentOf(message.content, found);
    found.refusal(message.refusal);
    for (const call of objects(message.tool_calls)) this.#toolCall(call, choice, found);
    if (isObject(message.function_call)) {
      const { name, arguments: args } = message.function_call;
      found.tool(`${choice}:function_call`, { name, args });
    }
  }

  #toolCall(call: JsonObject, choice: string, found: Findings): void {
    const id = string(call.id);
    const { name, arguments: args } = object(isObject(call.function) ? call.function : call.custom);
    const slot = this.#slot(call, string(name), choice);
    let open = this.#calls.get(slot);
    const another =
      id !== undefined && string(name) !== undefined && open?.id !== undefined && open.id !== id;
    if (open === undefined || another) {
      open = { key: `${slot}:${this.#calls.size}:${id ?? ""}`, id };
      this.#calls.set(slot, open);
    }
    found.tool(open.key, { id, name, args: args ?? object(call.custom).input });
  }

  /**
   * Finds the slot of a piece. A piece with neither index nor id begins a call if it has a name; otherwise it
   * continues the last one. If calls began without an index, a later index counts them.
   */
  #slot(call: JsonObject, name: string | undefined, choice: string): string {
    const known = this.#slots.get(choice);
    const index = number(call.index);
    const given = index ?? string(call.id);
    let slot = `${choice}:${given ?? `unnumbered ${this.#calls.size}`}`;
    if (name === undefined && known !== undefined && !known.order.has(slot)) {
      if (given === undefined) slot = known.last;
      else if (index !== undefined && string(call.id) === undefined) slot = [...known.order][index] ?? slot;
    }
    if (known === undefined) {
      this.#slots.set(choice, { order: new Set([slot]), last: slot });
    } else {
      known.last = slot;
      known.order.add(slot);
    }
    return slot;
  }
}

/** Reads text, or an array of parts: thinking of Mistral and Databricks, text parts of OpenAI. */
function contentOf(content: unknown, found: Findings): void {
  if (typeof content === "string") {
    found.text(content);
    return;
  }
  for (const part of objects(content)) {
    switch (part.type) {
      case "thinking":
      case "reasoning":
        for (const piece of array(part.thinking ?? part.summary ?? part.content))
          found.reasoning(object(piece).text);
        if (typeof part.thinking === "string") found.reasoning(part.thinking);
        break;
      case "refusal":
        found.refusal(part.refusal);
        break;
      case "text":
      case "output_text":
      case undefined:
        found.text(part.text);
        break;
    }
  }
}

/**
 * Reads reasoning. Some send the same text under several names; the first one counts. `reasoning_details` repeat
 * it with signatures and are ignored.
 */
function reasoningOf(message: JsonObject, found: Findings): void {
  found.reasoning(string(message.reasoning_content) ?? string(message.reasoning) ?? string(message.thinking));
}

function chatUsage(raw: unknown, found: Findings): void {
  if (!isObject(raw)) return;
  const { inputTokens, outputTokens, totalTokens, reasoningTokens } = tokenCounts(raw);
  const all = sum(inputTokens, outputTokens, reasoningTokens);
  // xAI does not include reasoning in the completion tokens. Only the total shows it.
  const isBeside = reasoningTokens !== undefined && totalTokens !== undefined && all === totalTokens;
  found.usage(raw, isBeside ? { outputTokens: sum(outputTokens, reasoningTokens) } : {});
}

function chatError(event: FramedEvent, payload: JsonObject, found: Findings): void {
  // Groq has its own field for why it stopped early.
  const error = payload.error ?? object(payload.x_groq).error;
  if (error !== undefined && error !== null) {
    found.error(error);
  } else if (payload.object === "error" || payload.type === "error" || event.event === "error") {
    found.error(payload);
  } else if (payload.choices === undefined && payload.detail !== undefined) {
    found.error(
      typeof payload.detail === "string" ? payload.detail : { message: JSON.stringify(payload.detail) },
    );
  }
}
