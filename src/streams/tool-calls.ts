import type { Decoded } from "./decoder.ts";
import { parseJson } from "./parse-json.ts";

/** One call of a tool, put together from its pieces. */
export interface ToolCall {
  readonly id?: string | undefined;
  readonly name: string;
  /** The argument text as it was streamed; JSON text of the value where the provider sends a value. */
  readonly arguments: string;
  /**
   * `arguments` parsed; `undefined` where they are no JSON (cut, or free text). A call that came to its end
   * without any arguments has the empty object.
   */
  readonly input: unknown;
}

interface OpenCall {
  id: string | undefined;
  name: string;
  pieces: string[];
  input: unknown;
}

/** Puts tool calls together by the keys of their pieces, in order of their first piece. */
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

  /** @param ended whether the stream came to its end, so that no further piece was to be expected */
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
