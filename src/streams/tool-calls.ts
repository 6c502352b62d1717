import type { Decoded } from "./decoder.ts";
import { parseJson } from "./parse-json.ts";

/** One tool call, joined from its pieces. */
export interface ToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  /** The argument text as streamed; JSON text if the provider sends a value. */
  readonly arguments: string;
  /**
   * `arguments` parsed; `undefined` if they are not JSON (cut off, or free text). A finished call without
   * arguments has an empty object.
   */
  readonly input: unknown;
}

interface OpenCall {
  id: string | undefined;
  name: string;
  pieces: string[];
  input: unknown;
}

/** Joins tool calls from their pieces by key, in order of their first piece. */
export class ToolCallAssembler {
  readonly #calls = new Map<string, OpenCall>();

  add(piece: Decoded & { readonly kind: "toolCall" }): void {
    let call = this.#calls.get(piece.key);
    if (call === undefined) {
      call = { id: undefined, name: "", pieces: [], input: undefined };
      this.#calls.set(piece.key, call);
    }
    if (piece.id) call.id ??= piece.id;
    if (piece.name && call.name === "") call.name = piece.name;
    if (piece.arguments) call.pieces.push(piece.arguments);
    if (piece.input !== undefined) call.input = piece.input;
  }

  /** @param ended whether the stream ended, so that no more pieces can follow */
  finish(ended: boolean): readonly ToolCall[] {
    return [...this.#calls.values()].map(({ id, name, pieces, input }) => {
      const text = input === undefined ? pieces.join("") : JSON.stringify(input);
      const empty = text.trim() === "" && ended;
      return {
        ...(id === undefined ? {} : { id }),
        name,
        arguments: text,
        input: empty ? {} : parseJson(text),
      };
    });
  }
}
