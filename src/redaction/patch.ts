import { Buffer } from "node:buffer";
import type { Edit } from "./nested-text.ts";

/** Bytes in place of those from `start` to `end`. */
export interface Patch {
  readonly start: number;
  readonly end: number;
  readonly bytes: Uint8Array;
}

/** The encoding of a text; `latin1` for bytes that are not text, so that each is one character. */
export type TextEncoding = "utf8" | "latin1";

/** The edits of a text as patches of the bytes that it was read from. */
export function patchesOf(text: string, edits: readonly Edit[], encoding: TextEncoding): readonly Patch[] {
  let chars = 0;
  let bytes = 0;
  const offset = (at: number): number => {
    bytes += Buffer.byteLength(text.slice(chars, at), encoding);
    chars = at;
    return bytes;
  };
  return edits.map((edit) => ({
    start: offset(edit.start),
    end: offset(edit.end),
    bytes: Buffer.from(edit.text, encoding),
  }));
}

/**
 * Makes the patches on the bytes that `chunks` hold together. As many chunks come back: a boundary outside of a patch
 * stays where it was, one inside of a patch moves in proportion, and a chunk is empty only if it was before or there
 * are fewer bytes than chunks.
 */
export function patchChunks(chunks: readonly Uint8Array[], patches: readonly Patch[]): readonly Uint8Array[] {
  const body = Buffer.concat(chunks);
  const parts: Uint8Array[] = [];
  const cuts: number[] = [];
  const ends = chunkEnds(chunks);
  let next = 0;
  let done = 0;
  let length = 0;
  const boundaries = (upTo: number, map: (at: number) => number): void => {
    for (; next < ends.length && (ends[next] as number) <= upTo; next++) cuts.push(map(ends[next] as number));
  };
  for (const { start, end, bytes } of [...patches].sort((a, b) => a.start - b.start)) {
    const shift = length - done;
    boundaries(start, (at) => at + shift);
    parts.push(body.subarray(done, start), bytes);
    const from = start + shift;
    boundaries(end, (at) => from + Math.round(((at - start) / (end - start)) * bytes.length));
    length = from + bytes.length;
    done = end;
  }
  const shift = length - done;
  boundaries(body.length, (at) => at + shift);
  parts.push(body.subarray(done));
  return cut(Buffer.concat(parts), cuts, chunks);
}

function chunkEnds(chunks: readonly Uint8Array[]): readonly number[] {
  let end = 0;
  return chunks.map((chunk) => {
    end += chunk.length;
    return end;
  });
}

/** `body` cut at `cuts`, moved as little as it takes for no chunk to become empty. */
function cut(body: Buffer, cuts: readonly number[], before: readonly Uint8Array[]): readonly Uint8Array[] {
  let remaining = before.filter(({ length }) => length > 0).length;
  let start = 0;
  return before.map((chunk, index) => {
    if (chunk.length === 0) return chunk;
    remaining--;
    const least = Math.max(cuts[index] as number, start + 1);
    const end = remaining === 0 ? body.length : Math.max(Math.min(least, body.length - remaining), start);
    const piece = body.subarray(start, end);
    start = end;
    return piece;
  });
}
