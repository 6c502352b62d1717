import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import type { StreamChunk } from "../cassette/chunk.ts";

/**
 * The most bytes that a compressed body may decode to: 64 MiB. Without a limit, a few kilobytes could fill the memory.
 * This limit applies to everything that decodes bodies: matching, redaction, traces and replay.
 */
export const MAX_DECODED_BYTES = 64 * 1024 * 1024;

/** A content coding that this version of Node can decode. */
export type ContentCoding = "gzip" | "deflate" | "br" | "zstd";

/** The result of decoding a body's `content-encoding`. */
export type DecodedContent =
  /** The header names no coding. */
  | { readonly kind: "plain" }
  | { readonly kind: "decoded"; readonly bytes: Uint8Array }
  /** The header names a coding that is unknown, or that this version of Node lacks. */
  | { readonly kind: "unsupported"; readonly coding: string }
  /** The bytes are not in the coding that the header names. */
  | { readonly kind: "damaged"; readonly cause: Error }
  /** The body decodes to more than {@link MAX_DECODED_BYTES}. */
  | { readonly kind: "too-large" };

/** Lists the codings of a `content-encoding` header in the order in which they were applied. */
export function codingsOf(header: string | undefined): readonly string[] {
  return (header ?? "")
    .split(",")
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ""))
    .filter((coding) => coding !== "" && coding !== "identity");
}

export function isSupported(coding: string): coding is ContentCoding {
  // Node 22.12 has no zstd.
  if (coding === "zstd") return zlib.zstdDecompressSync !== undefined;
  return coding === "gzip" || coding === "deflate" || coding === "br";
}

/** Decodes the `content-encoding` of a whole body. For a body that was cut off, decodes what it can. */
export function decodeContent(bytes: Uint8Array, header: string | undefined): DecodedContent {
  return decodeAll(bytes, codingsOf(header));
}

/**
 * Returns the body to show to a person: decoded if that is possible, else as it is. Also decodes gzip that no header
 * announces, since recorders lose this header more often than any other.
 */
export function readableContent(bytes: Uint8Array, header: string | undefined): Uint8Array {
  const decoded = decodeAll(bytes, announcedOrGzip(bytes, header));
  return decoded.kind === "decoded" ? decoded.bytes : bytes;
}

/**
 * Decodes the `content-encoding` of a body that arrived in chunks. Each decoded chunk holds the bytes that could be
 * decoded when its encoded chunk had arrived. Like {@link readableContent}, returns `chunks` as they are if they cannot
 * be decoded.
 */
export function decodeChunks(
  chunks: readonly StreamChunk[],
  header: string | undefined,
): readonly StreamChunk[] {
  const first = chunks.find(({ bytes }) => bytes.length > 0);
  const codings = first === undefined ? [] : announcedOrGzip(first.bytes, header);
  if (codings.length === 0) return chunks;
  const all = Buffer.concat(chunks.map(({ bytes }) => bytes));
  const whole = decodeAll(all, codings);
  if (whole.kind !== "decoded") return chunks;

  // zlib works synchronously on whole bodies only. To find where the bytes of a chunk end, decode everything that had
  // arrived by then. For a very long body, do this only at every nth chunk, which gets the bytes of those before it.
  const every = Math.max(1, Math.ceil((chunks.length * whole.bytes.length) / 2 / MAX_DECODED_BYTES));
  const decoded: StreamChunk[] = [];
  let arrived = 0;
  let given = 0;
  chunks.forEach(({ at, bytes }, index) => {
    arrived += bytes.length;
    const last = index === chunks.length - 1;
    if (!last && index % every !== every - 1) return;
    const length = last ? whole.bytes.length : decodedLength(all.subarray(0, arrived), codings);
    if (length > given || last)
      decoded.push({ at, bytes: whole.bytes.subarray(given, Math.max(given, length)) });
    given = Math.max(given, length);
  });
  return decoded;
}

function announcedOrGzip(bytes: Uint8Array, header: string | undefined): readonly string[] {
  const codings = codingsOf(header);
  // No text and no frame begins with gzip's magic number.
  const isGzip = bytes[0] === 0x1f && (bytes.length < 2 || bytes[1] === 0x8b);
  return codings.length === 0 && isGzip ? ["gzip"] : codings;
}

function decodedLength(bytes: Uint8Array, codings: readonly string[]): number {
  const decoded = decodeAll(bytes, codings);
  return decoded.kind === "decoded" ? decoded.bytes.length : 0;
}

function decodeAll(bytes: Uint8Array, codings: readonly string[]): DecodedContent {
  if (codings.length === 0 || bytes.length === 0) return { kind: "plain" };
  const unsupported = codings.find((coding) => !isSupported(coding));
  if (unsupported !== undefined) return { kind: "unsupported", coding: unsupported };
  try {
    const decoded = (codings as readonly ContentCoding[]).reduceRight(decodeOne, bytes);
    return { kind: "decoded", bytes: decoded };
  } catch (error) {
    const cause = error as NodeJS.ErrnoException;
    return cause.code === "ERR_BUFFER_TOO_LARGE" ? { kind: "too-large" } : { kind: "damaged", cause };
  }
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants;

function decodeOne(bytes: Uint8Array, coding: ContentCoding): Uint8Array {
  const maxOutputLength = MAX_DECODED_BYTES;
  // Flushing at the end makes zlib return the bytes of a body that was cut off.
  switch (coding) {
    case "gzip":
      return zlib.gunzipSync(bytes, { finishFlush: Z_SYNC_FLUSH, maxOutputLength });
    case "deflate":
      return (isRawDeflate(bytes) ? zlib.inflateRawSync : zlib.inflateSync)(bytes, {
        finishFlush: Z_SYNC_FLUSH,
        maxOutputLength,
      });
    case "br": {
      const decoded = zlib.brotliDecompressSync(bytes, {
        finishFlush: BROTLI_OPERATION_FLUSH,
        maxOutputLength,
      });
      // Plain text can pass for the beginning of brotli that decodes to nothing. This throws if it is not the whole.
      return decoded.length === 0 ? zlib.brotliDecompressSync(bytes, { maxOutputLength }) : decoded;
    }
    case "zstd":
      return zlib.zstdDecompressSync(bytes, { finishFlush: ZSTD_e_flush, maxOutputLength });
  }
}

/**
 * Whether `deflate` data has no zlib header. Servers send both forms under this name; a zlib header (RFC 1950) has 8
 * in its low nibble.
 */
function isRawDeflate(bytes: Uint8Array): boolean {
  return ((bytes[0] ?? 0) & 0x0f) !== 8;
}

/** Opens a zlib stream that decodes one coding. */
export function openDecoder(coding: ContentCoding, first: Uint8Array): zlib.Gunzip {
  const flushing = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
  switch (coding) {
    case "gzip":
      return zlib.createGunzip(flushing);
    case "deflate":
      return isRawDeflate(first) ? zlib.createInflateRaw(flushing) : zlib.createInflate(flushing);
    case "br":
      return zlib.createBrotliDecompress({
        flush: BROTLI_OPERATION_FLUSH,
        finishFlush: BROTLI_OPERATION_FLUSH,
      });
    case "zstd":
      return zlib.createZstdDecompress({ flush: ZSTD_e_flush, finishFlush: ZSTD_e_flush });
  }
}
