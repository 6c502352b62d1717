import { Buffer } from "node:buffer";
import type { Rules } from "./rules.ts";

/** A stream in which nothing was replaced. */
export class SearchedStream {
  /** What it says when its pieces are joined, in each way in which they may belong together. */
  readonly says: readonly string[];
  readonly #chunks: readonly Uint8Array[];
  #block: { readonly indent: string; readonly text: string } | undefined;

  constructor(chunks: readonly Uint8Array[], says: readonly string[]) {
    this.#chunks = chunks;
    this.says = says;
  }

  /** Its text as a tape has it. */
  indented(indent: string): string {
    if (this.#block?.indent !== indent) {
      const text = Buffer.concat(this.#chunks).toString("utf8").replaceAll("\r\n", "\n");
      this.#block = { indent, text: text.replace(/^(?=.)/gm, indent) };
    }
    return this.#block.text;
  }
}

const searched = new WeakMap<
  readonly Uint8Array[],
  { readonly rules: Rules; readonly says: readonly string[] }
>();

/** Keeps what a stream says, so that it need not be joined again when it is written. */
export function rememberSearched(chunks: readonly Uint8Array[], rules: Rules, says: readonly string[]): void {
  searched.set(chunks, { rules, says });
}

/** Those of some bodies that were searched by `rules`. */
export function searchedStreams(
  bodies: readonly (readonly Uint8Array[])[],
  rules: Rules,
): readonly SearchedStream[] {
  return bodies.flatMap((chunks) => {
    const known = searched.get(chunks);
    return known?.rules === rules ? [new SearchedStream(chunks, known.says)] : [];
  });
}

const BLOCK = /\n( +)body: \|[+-]?\n/g;

/** Finds where streams are in the text of a tape, in order. Those that are written in another way are not found. */
export function* placesOf(
  streams: readonly SearchedStream[],
  text: string,
): Generator<{ readonly start: number; readonly end: number; readonly says: readonly string[] }> {
  const left = new Set(streams);
  for (const { 0: head, 1: indent = "", index } of streams.length === 0 ? [] : text.matchAll(BLOCK)) {
    const start = index + head.length;
    for (const stream of left) {
      const block = stream.indented(`${indent}  `);
      if (!text.startsWith(block, start)) continue;
      left.delete(stream);
      yield { start, end: start + block.length, says: stream.says };
      break;
    }
  }
}
