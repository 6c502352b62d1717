import { Buffer } from "node:buffer";
import zlib from "node:zlib";
import { CassetteError } from "../cassette/errors.ts";

/** Twice what is taped of one body. A small body can be made that fills the memory when it is decoded. */
const MAX_DECODED = 32 * 1024 * 1024;

/**
 * `bytes` with the codings of a `content-encoding` header undone, or `undefined` where they cannot be:
 * an unknown coding, no such data. A body that was cut gives what it holds.
 *
 * @throws CassetteError `CASSETTE_BODY_TOO_LARGE` for one that grows beyond all measure, as what cannot be
 * searched for secrets must not be written
 */
export function decodeContent(bytes: Uint8Array, header: string): Uint8Array | undefined {
  const codings = header
    .split(",")
    .map((coding) => coding.trim().toLowerCase().replace(/^x-/, ""))
    .filter((coding) => coding !== "" && coding !== "identity");
  if (codings.length === 0 || bytes.length === 0) return undefined;
  try {
    return codings.reverse().reduce(decodeOne, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw tooLarge(bytes, header, error);
    // Not what its header says. The bytes are searched as they are.
    return undefined;
  }
}

function tooLarge(bytes: Uint8Array, header: string, cause: unknown): CassetteError {
  return new CassetteError(
    "CASSETTE_BODY_TOO_LARGE",
    `Failed to search a body for secrets: its ${bytes.length} bytes (content-encoding: ${header}) are more than ` +
      `${MAX_DECODED} when they are decoded. Ignore this request with the option ignore.`,
    { cause },
  );
}

function decodeOne(bytes: Uint8Array, coding: string): Uint8Array {
  const lenient = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: MAX_DECODED };
  switch (coding) {
    case "gzip":
      return zlib.gunzipSync(bytes, lenient);
    case "deflate":
      // Servers send both raw and zlib-wrapped data under this name; RFC 1950 headers have 8 in the low nibble.
      return ((bytes[0] ?? 0) & 0x0f) === 8
        ? zlib.inflateSync(bytes, lenient)
        : zlib.inflateRawSync(bytes, lenient);
    case "br":
      return zlib.brotliDecompressSync(bytes, {
        finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
        maxOutputLength: MAX_DECODED,
      });
    case "zstd":
      // Node 22.12 has none, and an import of its name would fail.
      if (zlib.zstdDecompressSync === undefined) throw new RangeError("No zstd in this version of Node");
      return zlib.zstdDecompressSync(bytes, {
        finishFlush: zlib.constants.ZSTD_e_flush,
        maxOutputLength: MAX_DECODED,
      });
    default:
      throw new RangeError(`Unknown content coding: ${coding}`);
  }
}

/**
 * Decoded bytes cut into as many chunks as the encoded ones: each holds what could be decoded by then where
 * that is cheap to find out, and its share of the bytes otherwise.
 */
export function decodedChunks(
  chunks: readonly Uint8Array[],
  decoded: Uint8Array,
  header: string,
): readonly Uint8Array[] {
  const total = chunks.reduce((sum, { length }) => sum + length, 0);
  const exact = chunks.length * decoded.length <= MAX_PREFIX_WORK;
  let encodedEnd = 0;
  let start = 0;
  return chunks.map((chunk, index) => {
    encodedEnd += chunk.length;
    const share = Math.round((encodedEnd / total) * decoded.length);
    const known = exact ? decodeContent(Buffer.concat(chunks.slice(0, index + 1)), header)?.length : share;
    const end =
      index === chunks.length - 1
        ? decoded.length
        : Math.min(Math.max(known ?? start, start), decoded.length);
    const piece = decoded.subarray(start, end);
    start = end;
    return piece;
  });
}

const MAX_PREFIX_WORK = 16 * 1024 * 1024;
