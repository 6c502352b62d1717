import type { Decoded } from "../../streams/decoder.ts";
import { type TokenCounts, tokenCounts } from "./token-counts.ts";
import { isObject, number, object, string, word } from "./values.ts";

/** Collects what a decoder finds in one event. Each method ignores values that are missing. */
export class Findings {
  readonly items: Decoded[] = [];

  text(value: unknown): void {
    this.#said("text", value);
  }

  reasoning(value: unknown): void {
    this.#said("reasoning", value);
  }

  refusal(value: unknown): void {
    this.#said("refusal", value);
  }

  #said(kind: "text" | "reasoning" | "refusal", value: unknown): void {
    const text = string(value);
    if (text !== undefined) this.items.push({ kind, text });
  }

  /** Adds a piece of a tool call. `args` is a piece of text, or a complete value. */
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

  /** Adds the input of a tool call so far, as a value. `added` is the text that this event added. */
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

  /**
   * Adds token counts in any provider's format.
   *
   * @param counts those that have another meaning than their names, or are elsewhere
   * @param provisional whether this is a first count, before the output
   */
  usage(raw: unknown, counts: Partial<TokenCounts> = {}, provisional = false): void {
    if (!isObject(raw)) return;
    const usage = { ...tokenCounts(raw), ...counts, raw };
    this.items.push({ kind: "usage", ...(provisional ? { provisional } : {}), usage });
  }

  /** Adds an error in any provider's format: text, or an object with a message, a type and a code. */
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
      // No message: show the whole object.
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

/** Adds up the counts that exist; `undefined` if there are none. */
export function sum(...counts: readonly unknown[]): number | undefined {
  const known = counts.map(number).filter((count) => count !== undefined);
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}
