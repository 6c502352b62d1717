import { crc32 } from "node:zlib";
import type { Patch } from "./patch.ts";

/** One message of `application/vnd.amazon.eventstream`, by where its parts stand in the body. */
export interface AwsFrame {
  readonly start: number;
  readonly headers: { readonly start: number; readonly end: number };
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
      payload: { start: headersEnd, end: end - 4 },
      end,
    });
    start = end;
  }
  return frames;
}

/** Patches of payloads with those that the frames' lengths and checksums need because of them. */
export function framePatches(
  body: Buffer,
  frames: readonly AwsFrame[],
  patches: readonly Patch[],
): readonly Patch[] {
  const all = [...patches];
  for (const frame of frames) {
    const own = patches
      .filter(({ start, end }) => start >= frame.headers.start && end <= frame.payload.end)
      .sort((a, b) => a.start - b.start);
    if (own.length === 0) continue;
    const parts: Uint8Array[] = [];
    let done = frame.headers.start;
    for (const { start, end, bytes } of own) {
      parts.push(body.subarray(done, start), bytes);
      done = end;
    }
    parts.push(body.subarray(done, frame.payload.end));
    const content = Buffer.concat(parts);
    const prelude = Buffer.alloc(PRELUDE);
    prelude.writeUInt32BE(content.length + OVERHEAD, 0);
    prelude.writeUInt32BE(frame.headers.end - frame.headers.start, 4);
    prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(content, crc32(prelude)));
    all.push({ start: frame.start, end: frame.headers.start, bytes: prelude });
    all.push({ start: frame.payload.end, end: frame.end, bytes: checksum });
  }
  return all;
}
