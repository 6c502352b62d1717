/**
 * Texts within texts. A secret is searched for in decoded text (a JSON string without its escapes, the
 * pieces of a stream joined) and removed from the bytes that hold it, so every text here knows where each of
 * its characters stands.
 */

/** Where a piece of a text stands, and how text is written there. */
export interface Piece {
  readonly source: Source;
  readonly start: number;
  readonly end: number;
  /** How many encodings it is in. */
  readonly depth: number;
  /** Brings text into the form that the source holds it in: escaped for JSON, percent-encoded. */
  encode(text: string): string;
  /** What is written where nothing is to be left of `written`. @defaultValue nothing */
  readonly erase?: ((written: string) => string) | undefined;
}

export interface View {
  readonly text: string;
  /** The places of `text` from `start` to `end`, in order. More than one where the text is joined of pieces. */
  locate(start: number, end: number): readonly Piece[];
}

/** `text` in place of what a source holds from `start` to `end`. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Where a text of its own is held encoded as a whole (base64) within another. */
export interface Embedding {
  readonly view: View;
  readonly start: number;
  readonly end: number;
  encode(text: string): string;
}

const asIs = (text: string): string => text;

/** A text that edits are made on: a body, the payload of a frame, what was in base64. */
export class Source implements View {
  readonly text: string;
  readonly embedding: Embedding | undefined;
  /** Orders the sources of one body: where it begins in the body. */
  readonly rank: number;
  readonly edits: Edit[] = [];

  constructor(text: string, rank = 0, embedding?: Embedding) {
    this.text = text;
    this.rank = rank;
    this.embedding = embedding;
  }

  locate(start: number, end: number): readonly Piece[] {
    return [{ source: this, start, end, depth: 0, encode: asIs }];
  }

  /** The text with all edits made. Edits never overlap. */
  edited(): string {
    this.edits.sort((a, b) => a.start - b.start);
    let result = "";
    let done = 0;
    for (const edit of this.edits) {
      result += this.text.slice(done, edit.start) + edit.text;
      done = edit.end;
    }
    return result + this.text.slice(done);
  }
}

/** A part of a text; `encode` brings text into the form that this part needs. */
export class SliceView implements View {
  readonly text: string;
  readonly #parent: View;
  readonly #start: number;
  readonly #encode: ((text: string) => string) | undefined;

  constructor(parent: View, start: number, end: number, encode?: (text: string) => string) {
    this.#parent = parent;
    this.#start = start;
    this.#encode = encode;
    this.text = parent.text.slice(start, end);
  }

  locate(start: number, end: number): readonly Piece[] {
    const pieces = this.#parent.locate(this.#start + start, this.#start + end);
    return this.#encode === undefined ? pieces : encodedBy(pieces, this.#encode);
  }
}

function encodedBy(pieces: readonly Piece[], encode: (text: string) => string): readonly Piece[] {
  return pieces.map((piece) => ({
    ...piece,
    depth: piece.depth + 1,
    encode: (text) => piece.encode(encode(text)),
  }));
}

/** A decoded text: each of its characters stands for one or more of the parent's. */
export class DecodedView implements View {
  readonly text: string;
  readonly #parent: View;
  readonly #find: () => Uint32Array;
  readonly #encode: (text: string) => string;
  #offsets: Uint32Array | undefined;

  /**
   * `offsets()[n]` is where character `n` begins in the parent; one more holds the end. Asked for only where
   * something was found.
   */
  constructor(parent: View, text: string, offsets: () => Uint32Array, encode: (text: string) => string) {
    this.text = text;
    this.#parent = parent;
    this.#find = offsets;
    this.#encode = encode;
  }

  locate(start: number, end: number): readonly Piece[] {
    this.#offsets ??= this.#find();
    const pieces = this.#parent.locate(this.#offsets[start] ?? 0, this.#offsets[end] ?? 0);
    return encodedBy(pieces, this.#encode);
  }
}

/** Texts put one behind another, with something between that stands nowhere. */
export class JoinedView implements View {
  readonly text: string;
  readonly #parts: readonly View[];
  readonly #starts: Uint32Array;

  constructor(parts: readonly View[], separator = "") {
    this.#parts = parts;
    this.#starts = new Uint32Array(parts.length);
    let length = 0;
    parts.forEach((part, index) => {
      this.#starts[index] = length;
      length += part.text.length + separator.length;
    });
    this.text = parts.map((part) => part.text).join(separator);
  }

  locate(start: number, end: number): readonly Piece[] {
    const pieces: Piece[] = [];
    for (let index = this.#partAt(start); index < this.#parts.length; index++) {
      const part = this.#parts[index] as View;
      const offset = this.#starts[index] as number;
      if (offset >= end) break;
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, part.text.length);
      if (from < to) pieces.push(...part.locate(from, to));
    }
    return pieces;
  }

  #partAt(position: number): number {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] as number) <= position) low = middle;
      else high = middle - 1;
    }
    return Math.max(low, 0);
  }
}
