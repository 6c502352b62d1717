import { firstEndingAfter } from "./nested-text.ts";

/** Another reading of a text. */
export interface DecodedText {
  readonly text: string;
  /** How it is encoded in the text that it is from: `base64`. */
  readonly how: string;
  /** Whether each character is one byte of data that is not text. */
  readonly isBinary: boolean;
  /** Where in the text that it is from the character at `offset` comes from. */
  at(offset: number): number;
}

interface Piece {
  readonly start: number;
  readonly end: number;
  readonly origin: number;
  /** How many characters of the parent one of the piece stands for. */
  readonly ratio: number;
}

/** Puts a text together from pieces, each with the stretch of the parent that it is from. */
export class Pieces {
  readonly #pieces: Piece[] = [];
  readonly #texts: string[] = [];
  #length = 0;

  add(text: string, origin: number, originLength: number, separator = ""): void {
    if (text === "") return;
    const start = this.#length;
    this.#length += text.length + separator.length;
    this.#pieces.push({ start, end: this.#length, origin, ratio: originLength / text.length });
    this.#texts.push(text + separator);
  }

  /** The text, if there is any. */
  *decoded(how: string): Generator<DecodedText> {
    if (this.#length > 0) yield this.toText(how);
  }

  toText(how: string): DecodedText {
    return {
      text: this.#texts.join(""),
      how,
      isBinary: false,
      at: (offset) => {
        const piece = this.#pieces[firstEndingAfter(this.#pieces, offset)] ?? this.#pieces.at(-1);
        if (piece === undefined) return 0;
        return piece.origin + Math.floor((offset - piece.start) * piece.ratio);
      },
    };
  }
}
