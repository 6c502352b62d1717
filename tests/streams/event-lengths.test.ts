import { expect, test } from "vitest";
import { eventFraming, eventLengths } from "../../src/streams/event-lengths.ts";
import { bytes } from "../format/tape-samples.ts";

function events(text: string, framing: "sse" | "lines" | "whole" = "sse"): string[] {
  const body = bytes(text);
  let at = 0;
  return eventLengths(body, framing).map((length) => {
    at += length;
    return new TextDecoder("utf-8", { ignoreBOM: true }).decode(body.subarray(at - length, at));
  });
}

test.each([
  ["data: a\n\ndata: b\n\n", ["data: a\n\n", "data: b\n\n"]],
  ["data: a\r\n\r\ndata: b\r\n\r\n", ["data: a\r\n\r\n", "data: b\r\n\r\n"]],
  ["data: a\r\rdata: b\r\r", ["data: a\r\r", "data: b\r\r"]],
  ["data: a\r\ndata: b\r\n\r\n", ["data: a\r\ndata: b\r\n\r\n"]],
  ["data: a\r\n\ndata: b\n\r\ndata: c\r\n\rd", ["data: a\r\n\n", "data: b\n\r\n", "data: c\r\n\r", "d"]],
  ["event: x\ndata: a\n\n: ping\n\n", ["event: x\ndata: a\n\n", ": ping\n\n"]],
  ["data: a\n\n\n\ndata: b\n\n", ["data: a\n\n\n\n", "data: b\n\n"]],
  ["\n\n\ndata: a\n\n", ["\n\n\ndata: a\n\n"]],
  ["\r\n\r\ndata: a\r\n\r\n", ["\r\n\r\ndata: a\r\n\r\n"]],
  ["data: a\n\ndata: b", ["data: a\n\n", "data: b"]],
  ["data: a\n\ndata: b\n", ["data: a\n\n", "data: b\n"]],
  ["data: a\n \n\n", ["data: a\n \n\n"]],
  ["data: é\n\ndata: 😀\n\n", ["data: é\n\n", "data: 😀\n\n"]],
  ["\n\n", ["\n\n"]],
  ["", []],
])("the events of %j are %j", (text, expected) => {
  expect(events(text)).toEqual(expected);
});

test("lines end with their line feed, and the rest is one more line", () => {
  expect(events('{"a":1}\n{"b":2}\r\n\n{"c"', "lines")).toEqual(['{"a":1}\n', '{"b":2}\r\n', "\n", '{"c"']);
  expect(events("", "lines")).toEqual([]);
});

test("any other body is one chunk, and an empty body has no chunks", () => {
  expect(events("a\n\nb\n\n", "whole")).toEqual(["a\n\nb\n\n"]);
  expect(events("", "whole")).toEqual([]);
});

test.each([
  ["text/event-stream", "sse"],
  ["Text/Event-Stream; charset=utf-8", "sse"],
  ["application/x-ndjson", "lines"],
  ["application/ndjson; charset=utf-8", "lines"],
  ["application/jsonl", "lines"],
  ["application/stream+json", "lines"],
  ["application/json", "whole"],
  ["application/vnd.amazon.eventstream", "whole"],
  ["", "whole"],
])("the content type %j is framed as %s", (type, framing) => {
  expect(
    eventFraming([
      ["x", "text/event-stream"],
      ["Content-Type", type],
    ]),
  ).toBe(framing);
});

test("without a content type a body is one chunk", () => {
  expect(eventFraming([])).toBe("whole");
});
