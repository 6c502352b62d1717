import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { expect, test } from "vitest";
import {
  decodeEventStreamMessage,
  EventStreamError,
  encodeEventStreamMessage,
} from "../../src/streams/event-stream-message.ts";
import { frame } from "../../src/streams/framer.ts";
import { encodeText } from "../../src/streams/text.ts";

const TYPE = "application/vnd.amazon.eventstream";
const corpus = process.env.CASSETTE_CORPUS ?? "";

function message(name: string, payload: unknown, kind = "event"): Uint8Array {
  const headers = { [`:${kind === "exception" ? "exception" : "event"}-type`]: name, ":message-type": kind };
  return encodeEventStreamMessage(headers, encodeText(JSON.stringify(payload)));
}

test("encoded frames are decoded again, with headers and payload", () => {
  const headers = { ":event-type": "chunk", ":content-type": "application/json", naïve: "ü" };
  const { headers: read, payload } = decodeEventStreamMessage(
    encodeEventStreamMessage(headers, encodeText("{}")),
  );
  expect(Object.fromEntries(read)).toEqual(headers);
  expect(payload).toEqual(encodeText("{}"));
});

test("a frame is laid out as the format has it", () => {
  // The empty message of AWS's own test suite.
  expect(Buffer.from(encodeEventStreamMessage({}, new Uint8Array())).toString("hex")).toBe(
    "000000100000000005c248eb7d98c8ff",
  );
});

test("headers of all ten types are read", () => {
  const block = Buffer.concat([
    Buffer.from([1, 97, 0]),
    Buffer.from([1, 98, 1]),
    Buffer.from([1, 99, 2, 0xff]),
    Buffer.from([1, 100, 3, 0xff, 0xfe]),
    Buffer.from([1, 101, 4, 0, 0, 0xa0, 0x0c]),
    Buffer.from([1, 102, 5, 0, 0, 0, 0, 0, 0, 0, 9]),
    Buffer.from([1, 103, 6, 0, 2, 1, 2]),
    Buffer.from([1, 104, 7, 0, 2, 0xc3, 0xbc]),
    Buffer.from([1, 105, 8, 0, 0, 0, 0, 0, 0, 0, 10]),
    Buffer.from([1, 106, 9, ...Array.from({ length: 16 }, (_, i) => i)]),
  ]);
  expect(Object.fromEntries(decodeEventStreamMessage(withHeaders(block)).headers)).toEqual({
    a: true,
    b: false,
    c: -1,
    d: -2,
    e: 40972,
    f: 9n,
    g: new Uint8Array([1, 2]),
    h: "ü",
    i: 10n,
    j: "00010203-0405-0607-0809-0a0b0c0d0e0f",
  });
});

test("a header of an unknown type, and one that is cut off, are errors", () => {
  expect(() => decodeEventStreamMessage(withHeaders(Buffer.from([1, 97, 10])))).toThrow(/header type 10/);
  expect(() => decodeEventStreamMessage(withHeaders(Buffer.from([1, 97, 7, 0, 9, 1])))).toThrow(
    EventStreamError,
  );
  expect(() => decodeEventStreamMessage(withHeaders(Buffer.from([9])))).toThrow(EventStreamError);
});

test("any single wrong byte of a frame is found", () => {
  const good = message("messageStart", { role: "assistant" });
  for (let at = 0; at < good.length; at++) {
    const bad = good.slice();
    bad[at] = (bad[at] ?? 0) ^ 1;
    expect(() => decodeEventStreamMessage(bad), `byte ${at}`).toThrow(EventStreamError);
  }
});

test("frames are recognized by their bytes without a content type", () => {
  const bytes = message("messageStart", { role: "assistant" });
  expect(frame([{ bytes }])).toMatchObject({
    framing: "aws-eventstream",
    events: [{ event: "messageStart" }],
  });
  expect(frame([{ bytes }], "text/event-stream").framing).toBe("aws-eventstream");
});

test("JSON under the name of frames is JSON", () => {
  expect(frame([{ bytes: encodeText('{"message":"no"}') }], TYPE)).toMatchObject({
    framing: "json",
    events: [{ data: '{"message":"no"}' }],
  });
});

test("frames are the same wherever the body is cut, and dated by the chunk that completed them", () => {
  const bytes = Buffer.concat([
    message("a", { n: 1 }),
    message("b", { n: "ü" }),
    message("c", {}, "exception"),
  ]);
  const whole = frame([{ bytes }], TYPE);
  expect(whole.events.map(({ event, messageType, data }) => [event, messageType, data])).toEqual([
    ["a", "event", '{"n":1}'],
    ["b", "event", '{"n":"ü"}'],
    ["c", "exception", "{}"],
  ]);
  for (let at = 1; at < bytes.length; at++) {
    const cut = frame([{ bytes: bytes.subarray(0, at) }, { bytes: bytes.subarray(at) }], TYPE);
    expect(cut).toEqual(whole);
  }
  const first = message("a", { n: 1 }).length;
  const dated = frame(
    [
      { at: 1, bytes: bytes.subarray(0, first - 1) },
      { at: 2, bytes: bytes.subarray(first - 1) },
    ],
    TYPE,
  );
  expect(dated.events.map(({ at }) => at)).toEqual([2, 2, 2]);
});

test("a wrong checksum ends the reading and is reported with its position", () => {
  const bad = message("b", {});
  bad[bad.length - 1] = (bad.at(-1) ?? 0) ^ 1;
  const { events, fault, rest } = frame(
    [{ at: 5, bytes: Buffer.concat([message("a", {}), bad, message("c", {})]) }],
    TYPE,
  );
  expect(events.map(({ event }) => event)).toEqual(["a"]);
  expect(fault).toMatchObject({ at: 5, code: "bad_crc" });
  expect(rest).toBeUndefined();
});

test("a frame that is cut is kept as the rest", () => {
  const bytes = Buffer.concat([message("a", {}), message("b", {}).subarray(0, -1)]);
  expect(frame([{ bytes }], TYPE)).toMatchObject({
    events: [{ event: "a" }],
    fault: undefined,
    rest: expect.any(String),
  });
});

test("an error frame has its code for a name and its message for data", () => {
  const headers = { ":message-type": "error", ":error-code": "throttled", ":error-message": "slow down" };
  const { events } = frame([{ bytes: encodeEventStreamMessage(headers, new Uint8Array()) }]);
  expect(events[0]).toMatchObject({ event: "throttled", messageType: "error", data: "slow down" });
});

test.skipIf(!existsSync(join(corpus, "eventstream-vectors")))(
  "the test vectors of the corpus (CASSETTE_CORPUS)",
  () => {
    const read = (name: string) =>
      decodeEventStreamMessage(readFileSync(join(corpus, "eventstream-vectors", name)));
    expect(read("positive-empty_message.bin").payload).toHaveLength(0);
    expect([...read("positive-int32_header.bin").headers.values()]).toContain(40972);
    expect(() => read("negative-corrupted_header_len.bin")).toThrow(EventStreamError);
    expect(() => read("negative-corrupted_headers.bin")).toThrow(EventStreamError);
  },
);

/** A frame with any header block, which the encoder does not write. */
function withHeaders(block: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(16 + block.length);
  bytes.writeUInt32BE(bytes.length, 0);
  bytes.writeUInt32BE(block.length, 4);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, 8)), 8);
  bytes.set(block, 12);
  bytes.writeUInt32BE(crc32(bytes.subarray(0, -4)), bytes.length - 4);
  return new Uint8Array(bytes);
}
