import type { Piece, View } from "./view.ts";

/** Where each number of a list stands. */
export type NumberPlaces = readonly (readonly [start: number, end: number])[];

/**
 * What a list of numbers says where they are bytes, one character each: log probabilities give every piece of
 * text in this way too.
 */
export class ByteListView implements View {
  readonly text: string;
  readonly #parent: View;
  readonly #numbers: NumberPlaces;

  constructor(parent: View, numbers: NumberPlaces) {
    this.#parent = parent;
    this.#numbers = numbers;
    this.text = String.fromCharCode(
      ...numbers.map(([start, end]) => Number(parent.text.slice(start, end)) & 255),
    );
  }

  locate(start: number, end: number): readonly Piece[] {
    const first = this.#numbers[start];
    const last = this.#numbers[end - 1];
    if (first === undefined || last === undefined) return [];
    return this.#parent.locate(first[0], last[1]).map((piece) => ({
      ...piece,
      encode: (text) => Array.from(text, (char) => char.charCodeAt(0) & 255).join(","),
      // A list without its numbers, but with their commas, would be no list.
      erase: (written) => written.replace(/\d+/g, "42"),
    }));
  }
}
