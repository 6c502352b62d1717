import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import type { Patch } from "./patch.ts";

/** One message of `application/vnd.amazon.eventstream`, by where its parts stand in the body. */
export interface AwsFrame {
  readonly start: number;
  readonly headers: { readonly start: number; readonly end: number };
  /** Its headers that are strings: an error's message is one. Two bytes before each tell its length. */
  readonly strings: readonly { readonly start: number; readonly end: number }[];
  readonly payload: { readonly start: number; readonly end: number };
  readonly end: number;
}

const PRELUDE = 12;
const OVERHEAD = 16;

/**
 * The frames that `body` begins with, whole ones only; empty where it is no such stream. What follows the
 * last one was cut or is broken.
 */
export function awsFrames(body: Buffer): readonly AwsFrame[] {
  const frames: AwsFrame[] = [];
  let start = 0;
  while (start + OVERHEAD <= body.length) {
    const length = body.readUInt32BE(start);
    const headersLength = body.readUInt32BE(start + 4);
    if (body.readUInt32BE(start + 8) !== crc32(body.subarray(start, start + 8))) break;
    const end = start + length;
    if (length < OVERHEAD + headersLength || end > body.length) break;
    const headersEnd = start + PRELUDE + headersLength;
    frames.push({
      start,
      headers: { start: start + PRELUDE, end: headersEnd },
      strings: stringHeaders(body, start + PRELUDE, headersEnd),
      payload: { start: headersEnd, end: end - 4 },
      end,
    });
    start = end;
  }
  return frames;
}

/** How long the value of a header of each type is; types 6 and 7 say it themselves. */
const SIZES = [0, 0, 1, 2, 4, 8, undefined, undefined, 8, 16];

function stringHeaders(
  body: Buffer,
  start: number,
  end: number,
): readonly { readonly start: number; readonly end: number }[] {
  const strings: { start: number; end: number }[] = [];
  for (let at = start; at + 2 <= end; ) {
    at += 1 + body.readUInt8(at);
    if (at >= end) break;
    const type = body.readUInt8(at++);
    const size = SIZES[type];
    if (size !== undefined) {
      at += size;
      continue;
    }
    if (type > 9 || at + 2 > end) break;
    const value = at + 2;
    at = value + body.readUInt16BE(at);
    if (type === 7 && at <= end) strings.push({ start: value, end: at });
  }
  return strings;
}

/** Patches of payloads with those that the frames' lengths and checksums need because of them. */
export function framePatches(
  body: Buffer,
  frames: readonly AwsFrame[],
  patches: readonly Patch[],
): readonly Patch[] {
  const all = [...patches];
  for (const frame of frames) {
    const within = patches.filter(({ start, end }) => start >= frame.start && end <= frame.end);
    if (within.length === 0) continue;
    const lengths = lengthPatches(body, frame, within);
    const own = [...within, ...lengths].sort((a, b) => a.start - b.start);
    const headers = patched(body, frame.headers, own);
    const content = Buffer.concat([headers, patched(body, frame.payload, own)]);
    const prelude = Buffer.alloc(PRELUDE);
    prelude.writeUInt32BE(content.length + OVERHEAD, 0);
    prelude.writeUInt32BE(headers.length, 4);
    prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(content, crc32(prelude)));
    all.push(...lengths);
    all.push({ start: frame.start, end: frame.headers.start, bytes: prelude });
    all.push({ start: frame.payload.end, end: frame.end, bytes: checksum });
  }
  return all;
}

function lengthPatches(body: Buffer, frame: AwsFrame, patches: readonly Patch[]): readonly Patch[] {
  return frame.strings.flatMap((range) => {
    if (!patches.some(({ start, end }) => start >= range.start && end <= range.end)) return [];
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(patched(body, range, patches).length);
    return [{ start: range.start - 2, end: range.start, bytes }];
  });
}

/** The bytes of a range with the patches within it made. */
function patched(
  body: Buffer,
  range: { readonly start: number; readonly end: number },
  patches: readonly Patch[],
): Buffer {
  const parts: Uint8Array[] = [];
  let done = range.start;
  for (const { start, end, bytes } of patches) {
    if (start < range.start || end > range.end) continue;
    parts.push(body.subarray(done, start), bytes);
    done = end;
  }
  return Buffer.concat([...parts, body.subarray(done, range.end)]);
}
