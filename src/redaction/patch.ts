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
  const sorted = [...patches].sort((a, b) => a.start - b.start);
  const body = patched(Buffer.concat(chunks), sorted);
  let left = chunks.filter(({ length }) => length > 0).length;
  let next = 0;
  /** How much longer the body is up to the next patch. */
  let shift = 0;
  let end = 0;
  let cut = 0;
  return chunks.map((chunk) => {
    if (chunk.length === 0) return chunk;
    left--;
    end += chunk.length;
    for (let patch = sorted[next]; patch !== undefined && patch.end <= end; patch = sorted[++next]) {
      shift += patch.bytes.length - (patch.end - patch.start);
    }
    const wanted = end + shift + movedWithin(sorted[next], end);
    const from = cut;
    cut = left === 0 ? body.length : Math.max(Math.min(Math.max(wanted, from + 1), body.length - left), from);
    return body.subarray(from, cut);
  });
}

/** By how much a boundary moves that may be inside of a patch. */
function movedWithin(patch: Patch | undefined, at: number): number {
  if (patch === undefined || at <= patch.start) return 0;
  const share = (at - patch.start) / (patch.end - patch.start);
  return patch.start + Math.round(share * patch.bytes.length) - at;
}

function patched(body: Buffer, patches: readonly Patch[]): Buffer {
  let done = 0;
  const parts = patches.flatMap(({ start, end, bytes }) => {
    const kept = body.subarray(done, start);
    done = end;
    return [kept, bytes];
  });
  return Buffer.concat([...parts, body.subarray(done)]);
}
