import { Buffer } from "node:buffer";

/** A stretch of the text that is written. */
export interface Place {
  readonly start: number;
  readonly end: number;
  /** How many encodings are between the original text and this place. */
  readonly depth: number;
  /** Encodes `text` as this place needs it. */
  encode(text: string): string;
}

/** A text to search, which knows where each of its characters is written. */
export interface View {
  readonly text: string;
  places(start: number, end: number): readonly Place[];
}

/** The text that is written. */
export class SourceText implements View {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  places(start: number, end: number): readonly Place[] {
    return [{ start, end, depth: 0, encode: (text) => text }];
  }
}

export class Slice implements View {
  readonly text: string;
  readonly #parent: View;
  readonly #start: number;
  readonly #encode: ((text: string) => string) | undefined;

  /** `encode` is for a slice that reads as it is written although other texts need escapes there. */
  constructor(parent: View, start: number, end: number, encode?: (text: string) => string) {
    this.#parent = parent;
    this.#start = start;
    this.#encode = encode;
    this.text = parent.text.slice(start, end);
  }

  places(start: number, end: number): readonly Place[] {
    const places = this.#parent.places(this.#start + start, this.#start + end);
    return this.#encode === undefined ? places : encodedBy(places, this.#encode);
  }
}

/** A text whose escapes are undone. */
export class Unescaped implements View {
  readonly text: string;
  readonly #parent: View;
  readonly #range: readonly [start: number, end: number];
  readonly #escapes: Escapes;
  #offsets: Uint32Array | undefined;

  constructor(parent: View, start: number, end: number, escapes: Escapes) {
    this.#parent = parent;
    this.#range = [start, end];
    this.#escapes = escapes;
    this.text = parent.text.slice(start, end).replace(escapes.pattern, escapes.decode);
  }

  places(start: number, end: number): readonly Place[] {
    this.#offsets ??= this.#findOffsets();
    const places = this.#parent.places(this.#offsets[start] as number, this.#offsets[end] as number);
    return encodedBy(places, this.#escapes.encode);
  }

  /** Each character's offset in the parent, and the end. */
  #findOffsets(): Uint32Array {
    const [start, end] = this.#range;
    const offsets = new Uint32Array(this.text.length + 1);
    let length = 0;
    let at = start;
    for (const { 0: sequence, index } of this.#parent.text
      .slice(start, end)
      .matchAll(this.#escapes.pattern)) {
      while (at < start + index) offsets[length++] = at++;
      for (let unit = this.#escapes.decode(sequence).length; unit > 0; unit--) offsets[length++] = at;
      at += sequence.length;
    }
    while (at <= end) offsets[length++] = at++;
    return offsets;
  }
}

/** Texts joined in order. */
export class Joined implements View {
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

  places(start: number, end: number): readonly Place[] {
    const places: Place[] = [];
    for (let index = lastAtMost(this.#starts, start); index < this.#parts.length; index++) {
      const part = this.#parts[index] as View;
      const offset = this.#starts[index] as number;
      if (offset >= end) break;
      const from = Math.max(start - offset, 0);
      const to = Math.min(end - offset, part.text.length);
      if (from < to) places.push(...part.places(from, to));
    }
    return places;
  }
}

/** The index of the last number in a sorted list that is not above `limit`, or 0. */
export function lastAtMost(sorted: ArrayLike<number>, limit: number): number {
  let low = 0;
  let high = sorted.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((sorted[middle] as number) <= limit) low = middle;
    else high = middle - 1;
  }
  return Math.max(low, 0);
}

function encodedBy(places: readonly Place[], encode: (text: string) => string): readonly Place[] {
  return places.map((place) => ({
    ...place,
    depth: place.depth + 1,
    encode: (text) => place.encode(encode(text)),
  }));
}

export interface Escapes {
  readonly pattern: RegExp;
  decode(sequence: string): string;
  encode(text: string): string;
}

const LETTERS: Readonly<Record<string, string>> = { b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

/** Decodes the escapes of JSON, and `\x41` and `\'` of JavaScript. Keeps invalid escapes: the text can be cut off. */
export const JSON_ESCAPES: Escapes = {
  pattern: /\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|["'\\/bfnrt])/g,
  decode: (sequence) =>
    sequence.length > 2
      ? String.fromCharCode(Number.parseInt(sequence.slice(2), 16))
      : (LETTERS[sequence.charAt(1)] ?? sequence.charAt(1)),
  encode: (text) => JSON.stringify(text).slice(1, -1),
};

const ENCODED_CHAR =
  /%(?:[0-7][\da-f]|[cd][\da-f]%[89ab][\da-f]|e[\da-f](?:%[89ab][\da-f]){2}|f[0-7](?:%[89ab][\da-f]){3}|[89a-f][\da-f])/gi;

/** Undoes percent-encoding. Bytes that are not UTF-8 become one character each. */
export const PERCENT_ESCAPES: Escapes = {
  pattern: ENCODED_CHAR,
  decode: (sequence) =>
    Buffer.from(sequence.replaceAll("%", ""), "hex").toString(sequence.length === 3 ? "latin1" : "utf8"),
  encode: encodePercent,
};

/** Undoes the encoding of forms and queries, which write a blank as `+`. */
export const FORM_ESCAPES: Escapes = {
  pattern: new RegExp(`\\+|${ENCODED_CHAR.source}`, "gi"),
  decode: (sequence) => (sequence === "+" ? " " : PERCENT_ESCAPES.decode(sequence)),
  encode: encodePercent,
};

/** A placeholder stays readable. */
function encodePercent(text: string): string {
  return text
    .split(/(<redacted(?::[a-z0-9-]+)?>)/)
    .map((part, index) => (index % 2 === 1 ? part : encodeURIComponent(part.toWellFormed())))
    .join("");
}
