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

/** A text without some stretches, which are in order. */
export function without(
  text: string,
  stretches: readonly { readonly start: number; readonly end: number }[],
  how: string,
): DecodedText {
  if (stretches.length === 0) return { text, how, isBinary: false, at: (offset) => offset };
  const pieces = new Pieces();
  let done = 0;
  for (const { start, end } of stretches) {
    pieces.add(text.slice(done, start), done, start - done);
    done = end;
  }
  pieces.add(text.slice(done), done, text.length - done);
  return pieces.toText(how);
}

/** A way to write parts of a text. */
export interface Writing {
  readonly how: string;
  /** A text in all of them. */
  readonly sign: string;
  readonly pattern: RegExp;
  readonly decode: (part: string) => string;
  /** How many characters around them are read with them. */
  readonly reach: number;
}

/** All parts of a text that are written so, as one text. */
export function* rewritten(
  text: string,
  { how, sign, pattern, decode, reach }: Writing,
): Generator<DecodedText> {
  if (!text.includes(sign)) return;
  const pieces = new Pieces();
  let done = 0;
  const copy = (to: number, separator = ""): void =>
    pieces.add(text.slice(done, to), done, to - done, separator);
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (index - done > 2 * reach) {
      if (done > 0) copy(done + reach, "\0");
      done = index - reach;
    }
    copy(index);
    pieces.add(decode(match), index, match.length);
    done = index + match.length;
  }
  if (done > 0) copy(Math.min(done + reach, text.length));
  yield* pieces.decoded(how);
}
