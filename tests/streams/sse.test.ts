import { expect, test } from "vitest";
import { frame } from "../../src/streams/framer.ts";
import type { Framed } from "../../src/streams/framing.ts";
import { encodeText } from "../../src/streams/text.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";

function framed(text: string, type: string | undefined = "text/event-stream"): Framed {
  return frame([{ at: 1, bytes: encodeText(text) }], type);
}

function events(text: string): unknown[] {
  return framed(text).events.map(({ event, data }) => (event === undefined ? data : [event, data]));
}

test.each([
  ["one event", "data: 1\n\n", ["1"]],
  ["no space after the colon", "data:1\n\n", ["1"]],
  ["only one space is taken off", "data:  1\n\n", [" 1"]],
  ["several data lines are joined", "data: 1\ndata: 2\n\n", ["1\n2"]],
  ["an empty data line is an event without data", "data:\n\n", [""]],
  ["a field without a colon has an empty value", "data\ndata\n\n", ["\n"]],
  ["event names", "event: a\ndata: 1\n\ndata: 2\n\n", [["a", "1"], "2"]],
  ["an empty event name is ignored", "event:\ndata: 1\n\n", ["1"]],
  ["an event without data is dropped with its name", "event: a\n\ndata: 1\n\n", ["1"]],
  ["CRLF", "data: 1\r\n\r\ndata: 2\r\n\r\n", ["1", "2"]],
  ["CR", "data: 1\r\rdata: 2\r\r", ["1", "2"]],
  ["all line ends mixed", "data: 1\r\n\ndata: 2\n\r\ndata: 3\r\n\rdata: 4\n\n", ["1", "2", "3", "4"]],
  ["a BOM", "\uFEFFdata: 1\n\n", ["1"]],
  ["only one BOM", "\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n", ["2"]],
  ["a BOM in the middle is data", "data: \uFEFF1\n\n", ["\uFEFF1"]],
  [
    "U+2028, U+2029, U+0085 and vertical tabs end no line",
    "data: a\u2028b\u2029c\u0085d\ve\n\n",
    ["a\u2028b\u2029c\u0085d\ve"],
  ],
  ["names are case sensitive and have no spaces", "Data: 1\n data: 2\ndata : 3\ndata: 4\n\n", ["4"]],
  ["a NUL in data", "data: a\0b\n\n", ["a\0b"]],
])("%s", (_, text, expected) => {
  expect(events(text)).toEqual(expected);
});

test("a BOM that was encoded twice is text, as the standard strips one", () => {
  expect(events("\u00EF\u00BB\u00BFdata: 1\n\ndata: 2\n\n")).toEqual(["2"]);
});

test("ids belong to their events and one with a NUL is ignored", () => {
  const { events: found } = framed("id: 7\ndata: 1\n\nid: a\0b\ndata: 2\n\nid\ndata: 3\n\n");
  expect(found.map(({ id }) => id)).toEqual(["7", undefined, ""]);
});

test("retry is kept if it is a number", () => {
  expect(framed("retry: 2500\n\nretry: soon\n\n").retry).toBe(2500);
});

test("comments are counted and are no events", () => {
  const { comments, events: found } = framed(": one\n\n:\n\ndata: 1\n\n:two");
  expect(found).toHaveLength(1);
  expect(comments).toEqual([
    { at: 1, text: "one", before: 0 },
    { at: 1, text: "", before: 0 },
    { at: 1, text: "two", before: 1 },
  ]);
});

test.each([
  ["no blank line", "data: 1\n\ndata: 2\n"],
  ["no line end", "data: 1\n\ndata: 2"],
  ["a lone CR", "data: 1\n\ndata: 2\r"],
  ["half of a CRLF pair", "data: 1\r\n\r\ndata: 2\r\n"],
])("the last event is kept separately if the stream ends with %s", (_, text) => {
  const { events: found, unclosed, rest } = framed(text);
  expect(found.map(({ data }) => data)).toEqual(["1"]);
  expect(unclosed?.data).toBe("2");
  expect(rest).toBe("2");
});

test("a lone CR after an event's last line end closes it", () => {
  expect(framed("data: 1\r\n\r").unclosed).toBeUndefined();
  expect(events("data: 1\r\n\r")).toEqual(["1"]);
});

test("an event is dated by the chunk that completed it", () => {
  const chunks = ["da", "ta: 1\n", "\nda", "ta: 2\n\n"].map((text, at) => ({ at, bytes: encodeText(text) }));
  expect(frame(chunks, "text/event-stream").events.map(({ at }) => at)).toEqual([2, 3]);
});

test("text outside the ASCII range survives any cut", () => {
  const bytes = encodeText("\uFEFFevent: é\r\ndata: 漢字 👩‍👩‍👧‍👦\r\n\r\n: ü\r\rdata: 🇳🇴\n\n");
  const whole = frame([{ bytes }], "text/event-stream");
  expect(whole.events.map(({ event, data }) => [event, data])).toEqual([
    ["é", "漢字 👩‍👩‍👧‍👦"],
    [undefined, "🇳🇴"],
  ]);
  for (let first = 0; first <= bytes.length; first++) {
    for (let second = first; second <= bytes.length; second++) {
      const cuts = [bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second)];
      expect(
        frame(
          cuts.map((part) => ({ bytes: part })),
          "text/event-stream",
        ),
      ).toEqual(whole);
    }
  }
});

test("lines that are no field are reported the same wherever the stream is cut", () => {
  const bytes = encodeText('data: 1\n\nerror: {"code":500}\n\n{"error":1}\n');
  const whole = frame([{ bytes }], "text/event-stream");
  expect(whole.strays.map(({ line, before }) => [line, before])).toEqual([
    ['error: {"code":500}', 1],
    ['{"error":1}', 1],
  ]);
  for (let at = 1; at < bytes.length; at++) {
    expect(
      frame([{ bytes: bytes.subarray(0, at) }, { bytes: bytes.subarray(at) }], "text/event-stream"),
    ).toEqual(whole);
  }
});

test("a line of a megabyte in small chunks costs no more than its length", () => {
  const bytes = encodeText(`data: ${"x".repeat(1_000_000)}\n\n`);
  const chunks = Array.from({ length: Math.ceil(bytes.length / 16) }, (_, i) => ({
    bytes: bytes.subarray(i * 16, i * 16 + 16),
  }));
  const cpuTime = startCpuTimer();
  expect(frame(chunks, "text/event-stream").events[0]?.data).toHaveLength(1_000_000);
  expect(cpuTime()).toBeLessThan(2000);
});
