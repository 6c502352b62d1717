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

/** Puts a text together from pieces, each with the stretch of the parent that it is from. */
export class Pieces {
  readonly #parts: string[] = [];
  readonly #starts: number[] = [];
  readonly #origins: number[] = [];
  readonly #ratios: number[] = [];
  #length = 0;

  add(text: string, origin: number, originLength: number, separator = ""): void {
    if (text === "") return;
    this.#starts.push(this.#length);
    this.#origins.push(origin);
    this.#ratios.push(originLength / text.length);
    this.#parts.push(text + separator);
    this.#length += text.length + separator.length;
  }

  /** The text, if there is any. */
  *decoded(how: string): Generator<DecodedText> {
    if (this.#length > 0) yield this.toText(how);
  }

  toText(how: string): DecodedText {
    return {
      text: this.#parts.join(""),
      how,
      isBinary: false,
      at: (offset) => {
        const piece = lastAtMost(this.#starts, offset);
        const within = (offset - (this.#starts[piece] ?? 0)) * (this.#ratios[piece] ?? 1);
        return (this.#origins[piece] ?? 0) + Math.floor(within);
      },
    };
  }
}

/** The index of the last number in a sorted list that is not above `limit`, or 0. */
export function lastAtMost(sorted: readonly number[], limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}
