import { Buffer, isUtf8 } from "node:buffer";
import zlib from "node:zlib";
import { MAX_DECODED_BYTES } from "../http/content-decoding.ts";
import { decodeEventStreamMessage, frameLength } from "../streams/event-stream-message.ts";
import { type DecodedText, Pieces, rewritten, type Writing } from "./pieces.ts";

/** Every way to read bytes that are no text, each byte being one character of `text`: as they stand, and decoded. */
export function* decodedBytes(text: string): Generator<DecodedText> {
  yield { text, how: "", isBinary: true, at: (offset) => offset };
  yield* inflated(text);
  yield* frames(text);
  yield* utf16(text);
}

/** Every way to read a piece of bytes that do not have to be decoded as a whole. */
export function* decodedPiece({ text }: Pick<DecodedText, "text">): Generator<DecodedText> {
  yield { text, how: "", isBinary: true, at: (offset) => offset };
  yield* utf16(text);
}

/** Whether bytes that begin like this have to be decoded as a whole: they are compressed, or frames. */
export function isWholeOnly(head: Uint8Array): boolean {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.byteLength);
  if (decompressed(bytes) !== undefined) return true;
  if (!mayBeFrames(bytes[0])) return false;
  for (const _ of frames(bytes.toString("latin1"))) return true;
  return false;
}

/** Shorter data decodes to less than a secret. */
const MIN_COMPRESSED = 20;

function* inflated(text: string): Generator<DecodedText> {
  const decoded = decompressed(Buffer.from(text, "latin1"));
  if (decoded === undefined) return;
  const plain = decoded.toString(isUtf8(decoded) ? "utf8" : "latin1");
  const ratio = text.length / plain.length;
  yield { text: plain, how: "compression", isBinary: false, at: (offset) => Math.floor(offset * ratio) };
}

function decompressed(bytes: Buffer): Buffer | undefined {
  if (bytes.length < MIN_COMPRESSED) return undefined;
  const isMarked = isMarkedCompressed(bytes);
  return isMarked || !isMedia(bytes) ? inflate(bytes, isMarked) : undefined;
}

function isMarkedCompressed(bytes: Buffer): boolean {
  const [first = 0, second = 0] = bytes;
  const isGzip = first === 0x1f && second === 0x8b;
  const isZlib = (first & 0x8f) === 0x08 && ((first << 8) | second) % 31 === 0;
  return isGzip || isZlib || bytes.readUInt32LE(0) === 0xfd2fb528;
}

/** Images, sounds and archives, which are compressed in ways of their own. */
function isMedia(bytes: Buffer): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are parts of these formats' marks.
  return /^(?:\x89PNG|\xff\xd8\xff|GIF8|RIFF|ID3|\xff[\xf2-\xfb]|OggS|fLaC|%PDF|PK\x03|....ftyp)/s.test(
    bytes.toString("latin1", 0, 8),
  );
}

function inflate(bytes: Buffer, isMarked: boolean): Buffer | undefined {
  const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
  const limits = { maxOutputLength: MAX_DECODED_BYTES };
  const ways = isMarked
    ? [
        () => zlib.unzipSync(bytes, { ...limits, finishFlush: Z_SYNC_FLUSH }),
        () => zlib.zstdDecompressSync(bytes, limits),
      ]
    : [
        () => zlib.brotliDecompressSync(bytes, { ...limits, finishFlush: BROTLI_OPERATION_FLUSH }),
        () => zlib.inflateRawSync(bytes, { ...limits, finishFlush: Z_SYNC_FLUSH }),
      ];
  return withoutStacks(() => {
    for (const way of ways) {
      try {
        const decoded = way();
        if (decoded.length > 0) return decoded;
      } catch {
        // Not compressed in this way.
      }
    }
    return undefined;
  });
}

/** Runs `attempt` without stacks in errors: `zlib` reads the stack of each failure, which takes longer than the attempt. */
function withoutStacks<T>(attempt: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return attempt();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

/** A frame begins with its length, which is less than 32 MB. */
function mayBeFrames(first: number | undefined): boolean {
  return first === undefined || !(first > 1);
}

/** The payloads of the frames of an AWS event stream, one a line. */
function* frames(text: string): Generator<DecodedText> {
  if (!mayBeFrames(text.charCodeAt(0))) return;
  const pieces = new Pieces();
  try {
    for (let at = 0; at < text.length; ) {
      const length = frameLength(Buffer.from(text.slice(at, at + 16), "latin1"));
      if (length === undefined) break;
      const frame = Buffer.from(text.slice(at, at + length), "latin1");
      // The last one may be cut.
      const isWhole = frame.length === length;
      const payload = isWhole
        ? Buffer.from(decodeEventStreamMessage(frame).payload)
        : frame.subarray(Math.max(frame.indexOf("{"), 0));
      pieces.add(payload.toString("utf8"), at, length, "\n");
      at += length;
    }
  } catch {
    // Not a frame: stop here.
  }
  yield* pieces.decoded("event stream frames");
}

const UTF16 = /(?:[\x20-\x7e]\0){6}|(?:\0[\x20-\x7e]){6}/;
/** Western text, in either order. */
const IN_UTF16: Writing = {
  how: "UTF-16",
  sign: "\0",
  pattern: /[^\0]{1,2}(?:\0[^\0]){0,4000}/g,
  decode: (run) => run.replaceAll("\0", ""),
  reach: 0,
};

export function* utf16(text: string): Generator<DecodedText> {
  if (UTF16.test(text)) yield* rewritten(text, IN_UTF16);
}
