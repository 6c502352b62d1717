import fc from "fast-check";
import { expect, test } from "vitest";
import { type HeaderLines, type Interaction, interactionsOf, type Tape } from "../../src/cassette/model.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { isTransport } from "../../src/format/transport.ts";
import { readYaml } from "../../src/format/yaml-reader.ts";
import { hold } from "../support/hold.ts";
import { bytes, interaction, tape } from "./tape-samples.ts";

const FILE = "cassettes/sample.yaml";

function expectRoundTrip(original: Tape): string {
  const text = renderTape(original, { describe: (_, index) => `${index + 1} · sample` });
  const back = parseTape(text, { file: FILE });
  expect(back).toEqual(original);
  expect(renderTape(back)).toBe(text);
  // Rendered again from its values alone.
  const copy: Tape = structuredClone(back);
  expect(renderTape(copy, { describe: (_, index) => `${index + 1} · sample` })).toBe(text);
  // The fast path must read what any YAML reader reads.
  expect(parseTape(`${text}...\n`, { file: FILE })).toEqual(original);
  readYaml(text);
  return text;
}

/** All of a body in one chunk, at every cut into two, and a byte at a time. */
function chunkings(text: string | Uint8Array): Uint8Array[][] {
  const body = typeof text === "string" ? bytes(text) : text;
  const two = Array.from({ length: Math.min(body.length, 40) }, (_, at) => [
    body.slice(0, at),
    body.slice(at),
  ]);
  return [[body], ...two, Array.from(body, (byte) => Uint8Array.of(byte))];
}

const EDGE_CASES: Readonly<Record<string, string | Uint8Array>> = {
  "a character of several bytes": "data: h\u00e9llo \u{1f600}\n\n",
  "a carriage return in the middle": "data: a\rb\n\n",
  "only carriage returns as ends of lines": "data: a\rdata: b\r\r",
  "CRLF throughout": "event: x\r\ndata: a\r\n\r\ndata: b\r\n\r\n",
  "CRLF and LF mixed": "data: a\r\n\r\ndata: b\n\n",
  "CRLF, and a last line without": "data: a\r\n\r\ndata: b",
  "a lone carriage return at the end": "data: a\r\n\r",
  "blanks at the ends of lines": "data: a  \n\t\ndata: \n\n",
  "a last line of blanks": "data: a\n   ",
  "a last line of blanks and line feeds": "data: a\n \n\n",
  "blanks and tabs at the starts of lines": "  data: a\n\tdata: b\n    c\n\n",
  "a first line of blanks": "   \ndata: a\n\n",
  "line feeds first": "\n\ndata: a\n\n",
  "only line feeds": "\n\n\n",
  "one line feed": "\n",
  "only blanks": "   ",
  "only tabs and line feeds": "\t\n\t\n",
  "no line feed at the end": "data: a",
  "three line feeds at the end": "data: a\n\n\n",
  NUL: "data: a\0b\n\n",
  "other control characters": "data: \x01\x02\x07\x1b[31m\x7f\x80\x9f\n\n",
  "control characters on a long stream": `${"data: words and words and words\n\n".repeat(3)}data: \x07\n  data: x\n\n`,
  "escapes of lone surrogates": '{"text":"\\ud800 and \\udc00"}',
  "an upper-case escape of a lone surrogate": '{"text":"\\uD800"}',
  "a byte order mark first": "\ufeffdata: a\n\n",
  "a byte order mark in the middle": "data: a\ufeffb\n\n",
  "the next-line control and both Unicode separators": "data: a\u0085b\u2028c\u2029d\n\n",
  noncharacters: "data: \ufffe\uffff\n\n",
  "text that looks like YAML": "---\n- a: b\n...\n# no comment\nkey: |\n  x\n&a *a !t\n%YAML 1.1\n? x\n",
  "text that looks like a marker": "---",
  "text that looks like a conflict": "<<<<<<< HEAD\n=======\n>>>>>>> main\n",
  "text that looks like a number": "12",
  "text that looks like null": "null",
  "text that looks like a boolean": "true",
  "text that looks like a comment": "# comment",
  "text that looks like a key": "a: b",
  "text that ends in a colon": "a:",
  "quotes and backslashes": `data: "a" 'b' \\n \\\\ \\\n\n`,
  "invalid UTF-8": Uint8Array.of(100, 97, 116, 97, 58, 32, 0xff, 0xfe, 10, 10),
  "a character cut off at the end": bytes("data: \u{1f600}").slice(0, -1),
  "bytes that are no text": Uint8Array.from({ length: 300 }, (_, index) => index % 256),
  "JSON that comes back the same": '{"a":[1,2.5,-3,1e+21,1e-7],"b":{"c":null,"d":true},"":"x"}',
  "JSON with blanks": '{ "a": 1 }',
  "JSON with its own number forms": '{"a":1.0,"b":-0,"c":1e5,"d":12345678901234567890}',
  "JSON with a key twice": '{"a":1,"a":2}',
  "JSON with keys that look like integers": '{"b":1,"2":1,"1":1}',
  "JSON with sorted integer keys": '{"1":1,"2":1,"b":1}',
  "JSON with __proto__": '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}',
  "JSON with strings of all sorts": JSON.stringify({
    list: [
      "",
      " ",
      "a ",
      " a",
      "a: b",
      "a #b",
      "#",
      "-",
      "- a",
      "?",
      "yes",
      "No",
      "null",
      "~",
      "1",
      "0x1",
      "1_000",
    ],
    more: [
      "12:30",
      "2026-11-20",
      ".inf",
      "<<",
      "=",
      "a,b",
      "[a]",
      "{a}",
      "a:",
      ":a",
      "@a",
      "`a",
      "%a",
      "!a",
      "&a",
    ],
    odd: [
      "\u2028",
      "\u0085",
      "\ufeff",
      "\u00a0",
      "\t",
      "a\tb",
      "\r",
      "\0",
      "...",
      "---",
      "'",
      '"',
      "it's",
      "\\",
    ],
    lines: [
      "a\nb",
      "a\n",
      "\na",
      " a\nb\n",
      "a\n\n",
      "\n",
      "a\r\nb",
      "a\n  ",
      "\ta\nb",
      "a\u2028\nb",
      "\ud800\n",
    ],
    "a: b": 1,
    "#": 2,
    "a\nb": 3,
    yes: 4,
    "12": 5,
    '"': 6,
    "'": 7,
    "": 8,
  }),
  "JSON nested deep": `${"[".repeat(300)}${"]".repeat(300)}`,
  "JSON with lists in lists": '[[1,[2,[]],{}],[["a\\nb"]],[{"a":[[1]]}]]',
  "JSON with a long key": JSON.stringify({ ["k".repeat(1100)]: 1 }),
  "JSON of one word": '"word"',
  "a JSON list": "[1,2,3]",
  "an empty object": "{}",
  "an empty list": "[]",
  "JSON that ends in a line feed": '{"a":1}\n',
  "lines of JSON": '{"a":1}\n{"b":2}\n',
};

test.each(Object.keys(EDGE_CASES))("%s comes back byte for byte", (name) => {
  const body = EDGE_CASES[name] as string | Uint8Array;
  for (const chunks of chunkings(body)) expectRoundTrip(tape(interaction(chunks, {}, body)));
});

test("a line of 300,000 characters stays one line", () => {
  const line = `data: {"text":"${"words: and # more, ".repeat(16_000)}"}\n\n`;
  const text = expectRoundTrip(tape(interaction([line], {}, JSON.stringify({ text: line }))));
  expect(Math.max(...text.split("\n").map((row) => row.length))).toBeGreaterThan(300_000);
});

test("bodies and lists of many megabytes are written and read", () => {
  const binary = Uint8Array.from({ length: 6_000_000 }, (_, index) => (index * 7919) % 256);
  const list = JSON.stringify(Array.from({ length: 100_000 }, (_, index) => ({ text: `${index}\n` })));
  const chunks = Array.from({ length: 100_000 }, (_, index) => Uint8Array.of(97 + (index % 26)));
  const original = tape(interaction([binary], {}, list), interaction(chunks));
  const back = parseTape(renderTape(original), { file: FILE });
  const [one, two] = interactionsOf(back);
  expect(Buffer.from(one?.response.chunks[0] ?? []).equals(binary)).toBe(true);
  expect(new TextDecoder().decode(one?.request.body)).toBe(list);
  expect(two?.response.chunks).toHaveLength(100_000);
  expect(Buffer.concat(two?.response.chunks ?? []).equals(Buffer.concat(chunks))).toBe(true);
});

const headerName = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/);
/** What HTTP lets a header value be: Latin-1 without ends of lines. */
const headerValue = fc.string({
  unit: fc
    .integer({ min: 1, max: 255 })
    .filter((code) => code !== 10 && code !== 13)
    .map((code) => String.fromCharCode(code)),
  maxLength: 12,
});
/** A tape lists header lines of transport after the others, and those of one name together. */
function inTapeOrder(lines: HeaderLines): HeaderLines {
  const others = lines.filter(([name]) => !isTransport(name));
  const transport = lines.filter(([name]) => isTransport(name));
  return [...others, ...[...Map.groupBy(transport, ([name]) => name).values()].flat()];
}

const headers = fc.array(fc.tuple(headerName, headerValue), { maxLength: 6 });
const awkward = fc.string({
  unit: fc.constantFrom(
    "\n",
    "\r",
    "\r\n",
    " ",
    "\t",
    "a",
    ":",
    "#",
    "-",
    '"',
    "'",
    "\\",
    "{",
    "]",
    ",",
    "\0",
    "é",
    "\u{1f600}",
    "\ufeff",
    "\u2028",
    "data: ",
  ),
  maxLength: 30,
});
const body = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((array) => Uint8Array.from(array)),
  awkward.map(bytes),
  fc.string({ unit: "binary", maxLength: 40 }).map(bytes),
  fc.json({ maxDepth: 4 }).map(bytes),
  fc.jsonValue({ maxDepth: 5, stringUnit: "binary" }).map((value) => bytes(JSON.stringify(value))),
  fc
    .dictionary(awkward, fc.oneof(awkward, fc.array(awkward), fc.double({ noNaN: true })))
    .map((value) => bytes(JSON.stringify(value))),
);
const tenth = fc.integer({ min: 0, max: 10_000_000 }).map((value) => value / 10);

const response = fc
  .record({
    body,
    cuts: fc.array(fc.nat({ max: 12 }), { maxLength: 8 }),
    status: fc.oneof(fc.constant(0), fc.integer({ min: 100, max: 599 })),
    statusText: fc.string({ maxLength: 6 }),
    headers: fc.oneof(
      headers,
      fc.constantFrom<HeaderLines>(
        [["content-type", "text/event-stream"]],
        [["Content-Type", "application/x-ndjson"]],
      ),
    ),
    times: fc.option(
      fc.array(tenth, { maxLength: 9, minLength: 9 }).map((times) => times.sort((a, b) => a - b)),
    ),
    end: fc.constantFrom("complete" as const, "aborted" as const, "reset" as const, "truncated" as const),
    error: fc.option(
      fc.record({ code: fc.string({ maxLength: 5 }), message: fc.string({ unit: "binary", maxLength: 9 }) }),
    ),
    decoded: fc.boolean(),
    trailers: fc.option(headers),
  })
  .map(({ body, cuts, times, error, decoded, trailers, ...rest }) => {
    const chunks: Uint8Array[] = [];
    let at = 0;
    for (const cut of cuts) {
      chunks.push(body.slice(at, at + cut));
      at = Math.min(body.length, at + cut);
    }
    if (at < body.length) chunks.push(body.slice(at));
    const [first = 0, ...others] = times ?? [];
    return {
      ...rest,
      headers: inTapeOrder(rest.headers),
      chunks,
      ...(times &&
        chunks.length <= 8 && { timing: { headers: first, chunks: others.slice(0, chunks.length) } }),
      ...(error && { error }),
      ...(decoded && { decoded }),
      ...(trailers && trailers.length > 0 && { trailers }),
    };
  });

const anyInteraction = fc.record({
  kind: fc.constant("request" as const),
  at: tenth,
  test: fc.option(fc.string({ unit: "grapheme", maxLength: 10 }), { nil: undefined }),
  request: fc
    .record({
      method: fc.constantFrom("GET", "POST", "PUT"),
      url: fc.webUrl({ withQueryParameters: true, withFragments: true }),
      headers,
    })
    .chain((request) =>
      fc.option(body).map((bytes) => (bytes === null ? request : { ...request, body: bytes })),
    ),
  response,
}) as fc.Arbitrary<Interaction>;

test("any bytes in any chunks, with any headers, come back as they were", () => {
  hold(
    fc.property(fc.array(anyInteraction, { maxLength: 3 }), (interactions) => {
      expectRoundTrip(tape(...interactions));
    }),
    300,
  );
});
