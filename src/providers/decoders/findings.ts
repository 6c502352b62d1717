/** What a decoder finds in one event; each method adds only where there is something. */
import type { Decoded, TraceUsage } from "../../streams/decoder.ts";
import { number, object, string, word } from "./values.ts";

/** Collects what was found in one event. */
export class Findings {
  readonly items: Decoded[] = [];

  text(value: unknown): void {
    const text = string(value);
    if (text !== undefined) this.items.push({ kind: "text", text });
  }

  reasoning(value: unknown): void {
    const text = string(value);
    if (text !== undefined) this.items.push({ kind: "reasoning", text });
  }

  refusal(value: unknown): void {
    const text = string(value);
    if (text !== undefined) this.items.push({ kind: "refusal", text });
  }

  /** A piece of a tool call. `args` is text, or a value that is whole. */
  tool(
    key: string,
    piece: { readonly id?: unknown; readonly name?: unknown; readonly args?: unknown },
  ): void {
    const id = word(piece.id);
    const name = string(piece.name);
    const { args } = piece;
    const text =
      typeof args === "string"
        ? args
        : args === undefined || args === null
          ? undefined
          : JSON.stringify(args);
    this.items.push({
      kind: "toolCall",
      key,
      ...(id === undefined ? {} : { id }),
      ...(name === undefined ? {} : { name }),
      ...(text === undefined ? {} : { arguments: text }),
    });
  }

  /** What a tool call has so far as a value; `added` is the text that this event brought. */
  toolInput(key: string, input: unknown, added: string, name?: unknown, id?: unknown): void {
    this.tool(key, { id, name });
    this.items.push({ kind: "toolCall", key, input, arguments: added });
  }

  finish(value: unknown): void {
    const reason = word(value);
    if (reason !== undefined) this.items.push({ kind: "finish", reason });
  }

  model(value: unknown): void {
    const model = string(value);
    if (model !== undefined) this.items.push({ kind: "model", model });
  }

  /** @param provisional whether the answer is yet to be counted */
  usage(raw: unknown, counts: Partial<Omit<TraceUsage, "raw">>, provisional = false): void {
    this.items.push({
      kind: "usage",
      ...(provisional ? { provisional } : {}),
      usage: {
        inputTokens: counts.inputTokens,
        outputTokens: counts.outputTokens,
        totalTokens: counts.totalTokens,
        reasoningTokens: counts.reasoningTokens,
        cachedInputTokens: counts.cachedInputTokens,
        raw,
      },
    });
  }

  /** An error in any provider's shape: text, or an object with a message, a type and a code. */
  error(value: unknown, type?: string): void {
    if (value === undefined || value === null || value === false) return;
    if (typeof value === "string") {
      if (value !== "") this.items.push({ kind: "error", error: { type, message: value } });
      return;
    }
    const error = object(value);
    const code = word(error.code) ?? word(error.status_code);
    const message =
      string(error.message) ??
      string(error.Message) ??
      string(error.detail) ??
      string(error.error) ??
      string(error.reason) ??
      // No words in it: the whole of it is better than nothing.
      JSON.stringify(value);
    this.items.push({
      kind: "error",
      error: {
        type: type ?? string(error.type) ?? string(error.__type) ?? string(error.status),
        code,
        message,
      },
    });
  }

  terminated(): void {
    this.items.push({ kind: "terminated" });
  }
}

/** The sum of those counts that are there; `undefined` where none is. */
export function sum(...counts: readonly unknown[]): number | undefined {
  const known = counts.map(number).filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}
