import { expect, test } from "vitest";
import { frame } from "../../src/streams/framer.ts";
import { encodeText } from "../../src/streams/text.ts";

function found(text: string, type?: string): [string | undefined, string[]] {
  const { framing, events } = frame([{ bytes: encodeText(text) }], type);
  return [framing, events.map(({ data }) => data)];
}

const SSE = "text/event-stream; charset=utf-8";
const JSON_TYPE = "application/json; charset=UTF-8";

test.each<[string, string, string | undefined, string, string[]]>([
  ["SSE", "data: 1\n\n", SSE, "sse", ["1"]],
  ["SSE without a content type", ": hi\n\ndata: 1\n\n", undefined, "sse", ["1"]],
  ["SSE labelled as JSON", "event: a\ndata: 1\n\n", JSON_TYPE, "sse", ["1"]],
  ["SSE labelled as plain text", "data: 1\n\n", "text/plain", "sse", ["1"]],
  ["SSE labelled as lines of JSON", "data: 1\n\n", "application/x-ndjson", "sse", ["1"]],
  ["SSE labelled as frames", "data: 1\n\n", "application/vnd.amazon.eventstream", "sse", ["1"]],
  ["JSON labelled as frames", '{"a":1}', "application/vnd.amazon.eventstream", "json", ['{"a":1}']],
  ["SSE after blank lines", "\n\n\ndata: 1\n\n", undefined, "sse", ["1"]],
  ["lines of JSON", '{"a":1}\n{"a":2}\n', "application/x-ndjson", "ndjson", ['{"a":1}', '{"a":2}']],
  ["lines of JSON labelled as SSE", '{"a":1}\n{"a":2}\n', SSE, "ndjson", ['{"a":1}', '{"a":2}']],
  ["lines of JSON labelled as JSON", '{"a":1}\r\n{"a":2}', JSON_TYPE, "ndjson", ['{"a":1}', '{"a":2}']],
  [
    "blank lines between lines of JSON",
    '{"a":1}\n\n\n{"a":2}\n',
    undefined,
    "ndjson",
    ['{"a":1}', '{"a":2}'],
  ],
  [
    "a broken line among lines of JSON",
    '{"a":1}\n{"a":\n{"a":2}\n',
    "application/x-ndjson",
    "ndjson",
    ['{"a":1}', '{"a":', '{"a":2}'],
  ],
  [
    "JSON values with nothing between them",
    '{"a":1}{"a":"}{"}',
    undefined,
    "json",
    ['{"a":1}', '{"a":"}{"}'],
  ],
  ["one JSON value", '{"a":[1,{"b":"]"}]}', JSON_TYPE, "json", ['{"a":[1,{"b":"]"}]}']],
  ["one JSON value over lines", '{\n  "a": 1\n}\n', JSON_TYPE, "json", ['{\n  "a": 1\n}']],
  ["a JSON error labelled as SSE", '{\n  "error": {\n    "code": 400\n  }\n}\n', SSE, "sse", []],
  ["a JSON value labelled as SSE", '{\n  "a": 1\n}\n', SSE, "json", ['{\n  "a": 1\n}']],
  [
    "a JSON value after blank lines that kept the connection alive",
    '\n\n\n{"a":1}',
    JSON_TYPE,
    "json",
    ['{"a":1}'],
  ],
  [
    "an array of objects",
    '[{\n  "a": "\\"]}"\n}\r\n,\r\n{"a":2}]',
    JSON_TYPE,
    "json-array",
    ['{\n  "a": "\\"]}"\n}', '{"a":2}'],
  ],
  ["an array that is no stream", "[[1,2],[3]]", JSON_TYPE, "json", ["[[1,2],[3]]"]],
  ["an empty array", " [ ] ", JSON_TYPE, "json", ["[ ]"]],
  ["a bare JSON string", '"a,b"', JSON_TYPE, "json", ['"a,b"']],
  ["plain text", "Why did the\nchicken", "text/plain; charset=utf-8", "text", ["Why did the\nchicken"]],
  ["a model's JSON as plain text", '{"recipe":', "text/plain", "text", ['{"recipe":']],
  ["an error as plain text", '{"error":"overloaded"}', "text/plain", "json", ['{"error":"overloaded"}']],
])("%s", (_, text, type, framing, data) => {
  expect(found(text, type)).toEqual([framing, data]);
});

test("an empty body has no framing and no events", () => {
  expect(frame([], "text/event-stream").framing).toBeUndefined();
  expect(frame([{ bytes: new Uint8Array() }]).events).toEqual([]);
});

test("a last line of JSON that is cut is kept as the rest, and is no event", () => {
  const { events, rest } = frame([{ bytes: encodeText('{"a":1}\n{"a":') }], "application/x-ndjson");
  expect(events).toHaveLength(1);
  expect(rest).toBe('{"a":');
});

test.each([['[{"a":1},{"b'], ['[{"a":1},'], ['[{"a":1}']])("a cut array %s has something left", (text) => {
  const { events, rest } = frame([{ bytes: encodeText(text) }], "application/json");
  expect(events.map(({ payload }) => payload)).toEqual([{ a: 1 }]);
  expect(rest).toBeDefined();
});

test("elements of an array are dated by the chunk with their last brace", () => {
  const chunks = ['[{"a"', ":1}", ',\r\n{"a":2}', "]"].map((text, at) => ({ at, bytes: encodeText(text) }));
  expect(frame(chunks).events.map(({ at, payload }) => [at, payload])).toEqual([
    [1, { a: 1 }],
    [2, { a: 2 }],
  ]);
});

test("lines are dated right although the framing is only known at the first line end", () => {
  const chunks = ['{"a":', "1}", "\n", '{"a":2}\n'].map((text, at) => ({ at, bytes: encodeText(text) }));
  expect(frame(chunks).events.map(({ at }) => at)).toEqual([2, 3]);
});

test("an event whose data is no JSON has no payload", () => {
  const { events } = frame([{ bytes: encodeText("data: [DONE]\n\ndata: null\n\n") }]);
  expect(events.map(({ payload }) => payload)).toEqual([undefined, null]);
});
