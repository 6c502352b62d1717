import zlib from "node:zlib";
import type { StreamChunk } from "../streams/chunk.ts";

/** How much may be decompressed to find which chunk brought which bytes. */
const WORK = 64 * 1024 * 1024;

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
/** What grows beyond this is no stream of a model, and would fill the memory. */
const maxOutputLength = 64 * 1024 * 1024;
const LENIENT = { finishFlush: Z_SYNC_FLUSH, maxOutputLength };

/**
 * `chunks` with their `content-encoding` undone: each has what could be decoded when it arrived. Unknown
 * encodings, and bytes that are not encoded although a header says so, are given back as they are; bytes that are
 * gzip although no header says so are decoded.
 */
export function decodeContent(
  chunks: readonly StreamChunk[],
  encoding: string | undefined,
): readonly StreamChunk[] {
  const codings = (encoding ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ""))
    .filter((coding) => coding !== "" && coding !== "identity");
  // Recorders lose this header more often than any other.
  if (codings.length === 0 && startsAsGzip(chunks)) codings.push("gzip");
  return codings.reduceRight<readonly StreamChunk[]>(undo, chunks);
}

/** No text and no frame begins with gzip's magic number. */
function startsAsGzip(chunks: readonly StreamChunk[]): boolean {
  const first = chunks.find(({ bytes }) => bytes.length > 0)?.bytes;
  return first !== undefined && first[0] === 0x1f && (first.length < 2 || first[1] === 0x8b);
}

function undo(chunks: readonly StreamChunk[], coding: string): readonly StreamChunk[] {
  const all = Buffer.concat(chunks.map(({ bytes }) => bytes));
  const whole = decompress(all, coding);
  if (whole === undefined) return chunks;

  // Zlib is synchronous only for a body as a whole, so where a chunk's bytes end is found by decoding what had
  // arrived by then. On very long bodies only every nth chunk is looked at, and has what came since the last.
  const every = Math.max(1, Math.ceil((chunks.length * whole.length) / 2 / WORK));
  const decoded: StreamChunk[] = [];
  let arrived = 0;
  let given = 0;
  chunks.forEach(({ at, bytes }, index) => {
    arrived += bytes.length;
    const last = index === chunks.length - 1;
    if (!last && index % every !== every - 1) return;
    const length = last ? whole.length : (decompress(all.subarray(0, arrived), coding)?.length ?? 0);
    if (length > given || last) decoded.push({ at, bytes: whole.subarray(given, Math.max(given, length)) });
    given = Math.max(given, length);
  });
  return decoded;
}

/** As much as can be decoded of `bytes`, which may be cut; `undefined` where they are not of this coding. */
function decompress(bytes: Uint8Array, coding: string): Buffer | undefined {
  if (bytes.length === 0) return undefined;
  try {
    switch (coding) {
      case "gzip":
        return zlib.gunzipSync(bytes, LENIENT);
      case "deflate":
        // Servers send both raw and zlib-wrapped data under this name; RFC 1950 headers have 8 in the low nibble.
        return ((bytes[0] ?? 0) & 0x0f) === 0x08
          ? zlib.inflateSync(bytes, LENIENT)
          : zlib.inflateRawSync(bytes, LENIENT);
      case "br":
        return zlib.brotliDecompressSync(bytes, { finishFlush: BROTLI_OPERATION_FLUSH, maxOutputLength });
      case "zstd":
        return zlib.zstdDecompressSync(bytes, { finishFlush: zlib.constants.ZSTD_e_flush, maxOutputLength });
      default:
        return undefined;
    }
  } catch {
    // Already decoded by whoever recorded it, damaged, or a bomb: the bytes themselves say more than nothing.
    return undefined;
  }
}
