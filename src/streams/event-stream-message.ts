import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { decodeText } from "./text.ts";

/** A frame: total length, headers length, CRC of these two, headers, payload, CRC of everything. */
export const PRELUDE_LENGTH = 12;
const OVERHEAD = 16;

/** A header value of an AWS event stream message. A timestamp is a `bigint` of milliseconds, a UUID a string. */
export type EventStreamHeader = boolean | number | bigint | string | Uint8Array;

/** One message of `application/vnd.amazon.eventstream`. */
export interface EventStreamMessage {
  readonly headers: ReadonlyMap<string, EventStreamHeader>;
  readonly payload: Uint8Array;
}

/** An invalid frame: `bad_crc` for a wrong checksum, `bad_frame` for wrong lengths. */
export class EventStreamError extends Error {
  override readonly name = "EventStreamError";
  readonly code: "bad_crc" | "bad_frame";

  constructor(code: "bad_crc" | "bad_frame", message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether bytes begin with the prelude of a frame. */
export function beginsWithFrame(bytes: Uint8Array): boolean {
  return bytes.length >= PRELUDE_LENGTH && viewOf(bytes).getUint32(8) === crc32(bytes.subarray(0, 8));
}

/**
 * Reads the length of the frame at `offset`; `undefined` if its prelude is incomplete.
 *
 * @throws EventStreamError for an invalid prelude
 */
export function frameLength(bytes: Uint8Array, offset = 0): number | undefined {
  if (bytes.length - offset < PRELUDE_LENGTH) return undefined;
  const view = viewOf(bytes);
  const total = view.getUint32(offset);
  const headers = view.getUint32(offset + 4);
  const expected = view.getUint32(offset + 8);
  const actual = crc32(bytes.subarray(offset, offset + 8));
  if (actual !== expected) throw badCrc("prelude", expected, actual);
  if (total < OVERHEAD + headers) {
    throw new EventStreamError(
      "bad_frame",
      `Failed to read a frame: ${headers} bytes of headers in a frame of ${total}`,
    );
  }
  return total;
}

/**
 * Reads one whole frame, checking both checksums.
 *
 * @throws EventStreamError
 */
export function decodeEventStreamMessage(frame: Uint8Array): EventStreamMessage {
  const total = frameLength(frame);
  if (total !== frame.length) {
    throw new EventStreamError(
      "bad_frame",
      `Failed to read a frame: ${frame.length} bytes of ${total ?? "unknown length"}`,
    );
  }
  const view = viewOf(frame);
  const expected = view.getUint32(total - 4);
  const actual = crc32(frame.subarray(0, total - 4));
  if (actual !== expected) throw badCrc("message", expected, actual);
  const end = PRELUDE_LENGTH + view.getUint32(4);
  return {
    headers: decodeHeaders(frame.subarray(PRELUDE_LENGTH, end)),
    payload: frame.subarray(end, total - 4),
  };
}

/** Encodes one frame. All headers are strings (type 7), the only type that Bedrock uses. */
export function encodeEventStreamMessage(
  headers: Readonly<Record<string, string>>,
  payload: Uint8Array,
): Uint8Array {
  const block = Buffer.concat(
    Object.entries(headers).flatMap(([name, value]) => {
      const nameBytes = Buffer.from(name);
      const valueBytes = Buffer.from(value);
      const length = Buffer.alloc(2);
      length.writeUInt16BE(valueBytes.length);
      return [Buffer.of(nameBytes.length), nameBytes, Buffer.of(7), length, valueBytes];
    }),
  );
  const frame = Buffer.alloc(OVERHEAD + block.length + payload.length);
  frame.writeUInt32BE(frame.length, 0);
  frame.writeUInt32BE(block.length, 4);
  frame.writeUInt32BE(crc32(frame.subarray(0, 8)), 8);
  frame.set(block, PRELUDE_LENGTH);
  frame.set(payload, PRELUDE_LENGTH + block.length);
  frame.writeUInt32BE(crc32(frame.subarray(0, frame.length - 4)), frame.length - 4);
  return new Uint8Array(frame.buffer, frame.byteOffset, frame.length);
}

function decodeHeaders(bytes: Uint8Array): Map<string, EventStreamHeader> {
  const headers = new Map<string, EventStreamHeader>();
  const view = viewOf(bytes);
  let offset = 0;
  const take = (length: number): number => {
    const start = offset;
    offset += length;
    if (offset > bytes.length)
      throw new EventStreamError("bad_frame", "Failed to read a frame: its headers are incomplete");
    return start;
  };
  const takeBytes = (length: number): Uint8Array => {
    const start = take(length);
    return bytes.subarray(start, start + length);
  };
  while (offset < bytes.length) {
    const name = decodeText(takeBytes(view.getUint8(take(1))));
    const type = view.getUint8(take(1));
    headers.set(name, value(type));
  }
  return headers;

  function value(type: number): EventStreamHeader {
    switch (type) {
      case 0:
        return true;
      case 1:
        return false;
      case 2:
        return view.getInt8(take(1));
      case 3:
        return view.getInt16(take(2));
      case 4:
        return view.getInt32(take(4));
      case 5:
      case 8:
        return view.getBigInt64(take(8));
      case 6:
        return takeBytes(view.getUint16(take(2))).slice();
      case 7:
        return decodeText(takeBytes(view.getUint16(take(2))));
      case 9:
        return uuid(takeBytes(16));
      default:
        throw new EventStreamError("bad_frame", `Failed to read a frame: unknown header type ${type}`);
    }
  }
}

function uuid(bytes: Uint8Array): string {
  const hex = Buffer.from(bytes).toString("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

function badCrc(part: string, expected: number, actual: number): EventStreamError {
  const hex = (value: number) => value.toString(16).padStart(8, "0");
  return new EventStreamError(
    "bad_crc",
    `Failed to read a frame: the CRC of its ${part} is ${hex(actual)}, expected ${hex(expected)}`,
  );
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
