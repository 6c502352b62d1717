import type { Decoded, FramedEvent, StreamDecoder } from "../../streams/decoder.ts";
import { Findings, sum } from "./findings.ts";
import { array, isObject, type JsonObject, keyOf, number, object, objects, string } from "./values.ts";

/** How a relative of Chat Completions ends its streams. */
export interface ChatDialect {
  /** @defaultValue `true` */
  readonly hasTerminator?: boolean;
  /** @defaultValue `false` */
  readonly terminatorOptional?: boolean;
}

/**
 * OpenAI Chat Completions and legacy completions, and all who imitate them: one decoder for every dialect,
 * since gateways pass any of them on.
 */
export class ChatDecoder implements StreamDecoder {
  readonly hasTerminator: boolean;
  readonly terminatorOptional: boolean;
  /** The call that a (choice, index) stands for now; a new id under the same index is a new call. */
  readonly #calls = new Map<string, { readonly key: string; readonly id: string | undefined }>();
  /** The slots of each choice in the order of their calls, and the one that was spoken of last. */
  readonly #slots = new Map<string, { readonly order: Set<string>; last: string }>();
  #streamed = false;

  constructor({ hasTerminator = true, terminatorOptional = false }: ChatDialect = {}) {
    this.hasTerminator = hasTerminator;
    this.terminatorOptional = terminatorOptional;
  }

  decode(event: FramedEvent): readonly Decoded[] {
    const found = new Findings();
    if (event.data === "[DONE]") {
      found.terminated();
      return found.items;
    }
    const { payload } = event;
    if (!isObject(payload)) return found.items;

    found.model(payload.model);
    for (const choice of objects(payload.choices)) this.#choice(choice, found);
    const usage = payload.usage ?? object(payload.x_groq).usage;
    if (isObject(usage)) chatUsage(usage, found);
    chatError(event, payload, found);
    return found.items;
  }

  #choice(choice: JsonObject, found: Findings): void {
    const index = keyOf(choice.index ?? 0);
    // Some repeat the whole message or text beside each delta; only the delta is new. An answer that was not
    // streamed may have an empty delta beside its message.
    const before = found.items.length;
    if (isObject(choice.delta)) this.#message(choice.delta, index, found);
    this.#streamed ||= found.items.length > before;
    if (!this.#streamed && isObject(choice.message)) this.#message(choice.message, index, found);
    if (!isObject(choice.delta) && !isObject(choice.message)) found.text(choice.text);
    // Mistral and DeepSeek on Bedrock say `stop_reason`; vLLM says both.
    found.finish(choice.finish_reason ?? choice.stop_reason);
    if (isObject(choice.usage)) chatUsage(choice.usage, found);
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
   * Where a piece belongs. With neither number nor id it begins a call if it has a name, else it goes on with
   * the last. A number that no call began with counts the calls, where they began without numbers.
   */
  #slot(call: JsonObject, name: string | undefined, choice: string): string {
    const known = this.#slots.get(choice);
    const index = number(call.index);
    const told = index ?? string(call.id);
    let slot = `${choice}:${told ?? `unnumbered ${this.#calls.size}`}`;
    if (name === undefined && known !== undefined && !known.order.has(slot)) {
      if (told === undefined) slot = known.last;
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

/** Text, or an array of parts: Mistral's and Databricks' thinking, OpenAI's text parts. */
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
 * The same thought may be told under several names at once: the first of them counts. `reasoning_details`
 * repeat it with signatures and are left alone.
 */
function reasoningOf(message: JsonObject, found: Findings): void {
  found.reasoning(string(message.reasoning_content) ?? string(message.reasoning) ?? string(message.thinking));
}

function chatUsage(raw: JsonObject, found: Findings): void {
  const input = number(raw.prompt_tokens) ?? number(raw.input_tokens);
  const output = number(raw.completion_tokens) ?? number(raw.output_tokens);
  const total = number(raw.total_tokens);
  const reasoning =
    number(object(raw.completion_tokens_details).reasoning_tokens) ??
    number(object(raw.output_tokens_details).reasoning_tokens) ??
    number(raw.reasoning_tokens);
  // xAI counts thinking beside the completion and not in it; only the total tells.
  const beside = reasoning !== undefined && total !== undefined && sum(input, output, reasoning) === total;
  found.usage(raw, {
    inputTokens: input,
    outputTokens: beside ? sum(output, reasoning) : output,
    totalTokens: total,
    reasoningTokens: reasoning,
    cachedInputTokens:
      number(object(raw.prompt_tokens_details).cached_tokens) ??
      number(object(raw.input_tokens_details).cached_tokens) ??
      number(raw.prompt_cache_hit_tokens) ??
      number(raw.cached_tokens),
  });
}

function chatError(event: FramedEvent, payload: JsonObject, found: Findings): void {
  // Groq tells in its own field why it stopped early.
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
