import { expect, test } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape, TapeError } from "../../src/format/index.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";

const FILE = "cassettes/chat/joke.yaml";
const HEAD = "cassette: 1\ninteractions:\n";
const REQUEST = "  - at: 0\n    request:\n      method: POST\n      url: https://api.test/v1\n";
const RESPONSE = `${HEAD}${REQUEST}    response:\n`;

function errorOf(text: string, limits?: { maxLength?: number; maxInteractions?: number }): TapeError {
  try {
    parseTape(text, { file: FILE, limits });
  } catch (error) {
    if (error instanceof TapeError) return error;
    throw error;
  }
  throw new Error("The tape was read.");
}

test("a message has the location, what was found, what is expected and the next step", () => {
  expect(errorOf(`${RESPONSE}      status: "200"\n`).message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml:8:15: expected the status, an integer, found the text "200" (interactions[0].response.status)

      7 |     response:
      8 |       status: "200"
        |               ^

    Fix this line, or re-record the cassette with RECORD=1."
  `);
});

test("an unknown field is answered with those that there are", () => {
  expect(errorOf(`${RESPONSE}      statsu: 200\n`).message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml:8:7: unknown field "statsu" of a response (interactions[0].response.statsu)

      7 |     response:
      8 |       statsu: 200
        |       ^

    Did you mean status? Fields of a response: status, statusText, headers, transport, trailers, end, error, decoded, timing, cuts, bodyFile, body, encoding, eol.
    Fix this line, or re-record the cassette with RECORD=1."
  `);
});

test("broken YAML is shown with its line", () => {
  expect(errorOf(`${RESPONSE}      headers: { a: b\n      end: complete\n`).message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml:9:7: Flow map in block collection must be sufficiently indented and end with a }

      8 |       headers: { a: b
      9 |       end: complete
        |       ^

    Fix this line, or re-record the cassette with RECORD=1."
  `);
});

test("a line with a wrong indentation says what to check, and no cause repeats it", () => {
  const error = errorOf(`${RESPONSE}      end: complete: x\n`);
  expect(error.message).toContain(
    "Nested mappings are not allowed in compact mappings: check the indentation, and put a text with a colon in quotes",
  );
  expect(error.cause).toBeUndefined();
});

test("merge conflict markers are recognized", () => {
  const text = `${HEAD}${REQUEST}<<<<<<< HEAD\n    response: {}\n=======\n    response: {}\n>>>>>>> main\n`;
  expect(errorOf(text).message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml:7:1: it has merge conflict markers

      6 |       url: https://api.test/v1
      7 | <<<<<<< HEAD
        | ^

    Resolve the conflict (git checkout --ours or --theirs), or re-record the cassette with RECORD=1."
  `);
  expect(errorOf(text.replaceAll("\n", "\r\n")).message).toContain("merge conflict markers");
});

test("conflict markers inside a body are text", () => {
  const body = "      body: |\n        <<<<<<< HEAD\n        =======\n        >>>>>>> main\n";
  expect(interactionsOf(parseTape(RESPONSE + body, { file: FILE }))).toHaveLength(1);
  const separator = '      body: "\\\n        a\u2028<<<<<<< x"\n';
  expect(interactionsOf(parseTape(RESPONSE + separator, { file: FILE }))).toHaveLength(1);
});

test("an unknown version is named with those that are supported, whatever else the tape holds", () => {
  const error = errorOf("cassette: 7\nentries: &a [*a]\n".replace("&a [*a]", "[]"));
  expect(error.code).toBe("CASSETTE_TAPE_VERSION");
  expect(error.message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml:1:11: its format version is 7, supported: 1 (cassette)

      1 | cassette: 7
        |           ^

    Update vitest-cassette to a version that reads it, or re-record the cassette with RECORD=1."
  `);
});

test("an empty file is called empty", () => {
  expect(errorOf("").message).toMatchInlineSnapshot(`
    "Failed to read cassettes/chat/joke.yaml: the file is empty
    Delete it, and re-record the cassette with RECORD=1."
  `);
  expect(errorOf(" \n\r\n\t\n").message).toContain("the file is empty");
  expect(errorOf("\ufeff").message).toContain("the file is empty");
  expect(errorOf("\n".repeat(5000)).message).toContain("the file is empty");
});

test("a tape over a limit is refused, and the limit is an option", () => {
  const text = `${RESPONSE}      body: ${"x".repeat(1000)}\n`;
  expect(errorOf(text, { maxLength: 1000 })).toMatchObject({ code: "CASSETTE_TAPE_TOO_LARGE", file: FILE });
  const entry = `${REQUEST}    response: {}\n`;
  const two = HEAD + entry + entry;
  expect(errorOf(two, { maxInteractions: 1 }).message).toContain("2 interactions, more than the 1 allowed");
  expect(interactionsOf(parseTape(two, { file: FILE, limits: { maxInteractions: 2 } }))).toHaveLength(2);
});

const ROOT = { code: "CASSETTE_TAPE_INVALID", line: 1, column: 1 };

test.each<[name: string, text: string, expected: Record<string, unknown>]>([
  ["plain text", "hello", ROOT],
  ["a list", "- a\n", ROOT],
  ["a zip file", "PK\u0003\u0004\0\0", ROOT],
  ["a file of another kind", "name: x\n", { line: 1, message: /field "cassette" is missing/ }],
  ["two documents", `${HEAD}---\n${HEAD}`, { line: 3, message: /second document/ }],
  ["two documents of one line", "cassette: 1\n---\na\n", { line: 2 }],
  ["a directive", `%YAML 1.1\n---\n${HEAD}`, { line: 1, message: /no directives/ }],
  ["an unknown directive", `%FOO\n---\n${HEAD}`, { line: 1, message: /no directives/ }],
  ["an anchor", `${RESPONSE}      body: &a x\n`, { line: 8, message: /no anchors \(&a\)/ }],
  ["an alias", `${RESPONSE}      body: *a\n`, { line: 8, message: /alias/i }],
  ["an anchor of a mapping", `${RESPONSE}      body: &a { b: c }\n`, { line: 8, message: /no anchors/ }],
  ["an anchor on a key", `${RESPONSE}      &a body: x\n`, { line: 8, message: /no anchors/ }],
  ["a merge key", `${RESPONSE}      <<: { status: 200 }\n`, { line: 8, message: /unknown field "<<"/ }],
  ["a tag", `${RESPONSE}      status: !!str 200\n`, { line: 8, message: /no tags \(!!str\)/ }],
  ["an unknown tag", `${RESPONSE}      body: !foo x\n`, { line: 8, message: /no tags \(!foo\)/ }],
  ["a bare tag", `${RESPONSE}      body: ! x\n`, { line: 8, message: /no tags/ }],
  ["a tag on a mapping", `${RESPONSE}      body: !!map { a: b }\n`, { line: 8, message: /no tags/ }],
  ["a binary tag", `${RESPONSE}      body: !!binary YQ==\n`, { line: 8, message: /no tags \(!!binary\)/ }],
  [
    "a key that is no text",
    `${RESPONSE}      ? [a]\n      : b\n`,
    { line: 8, message: /key has to be text/ },
  ],
  [
    "a key twice",
    `${RESPONSE}      status: 200\n      status: 201\n`,
    { line: 9, path: "interactions[0].response.status" },
  ],
  ["a key twice at the top", "cassette: 1\ncassette: 1\n", { line: 2, path: "cassette" }],
  ["two lists of interactions", `${HEAD}interactions: []\n`, { line: 3, path: "interactions" }],
  [
    "a key twice in a body",
    `${RESPONSE}      body: { a: 1, b: { c: 1, "c": 2 } }\n`,
    { path: "interactions[0].response.body.b.c" },
  ],
  ["a header twice", `${RESPONSE}      headers: { a: b, a: c }\n`, { line: 8, message: /a: \[one, two\]/ }],
  [
    "an unknown field at the top",
    "cassette: 1\nfoo: 1\n",
    { path: "foo", message: /Fields of a cassette: cassette, recorded, frozen, interactions/ },
  ],
  [
    "an unknown field of timing",
    `${RESPONSE}      timing: { total: 1 }\n`,
    { path: "interactions[0].response.timing.total" },
  ],
  [
    "an unknown kind of entry",
    `${HEAD}  - socket: {}\n`,
    { line: 3, path: "interactions[0].socket", code: "CASSETTE_TAPE_VERSION" },
  ],
  ["__proto__", `${RESPONSE}      __proto__: { polluted: true }\n`, { message: /unknown field "__proto__"/ }],
  [
    "constructor",
    `${HEAD}  - constructor: { prototype: { polluted: true } }\n`,
    { message: /kind of entry "constructor"/, code: "CASSETTE_TAPE_VERSION" },
  ],
  ["toString", "cassette: 1\ntoString: 1\n", { message: /unknown field "toString"/ }],
  ["no response", HEAD + REQUEST, { path: "interactions[0]", message: /has no response/ }],
  ["no request", `${HEAD}  - response: {}\n`, { path: "interactions[0]", message: /has no request/ }],
  ["no method", `${HEAD}  - request: { url: "http://x" }\n    response: {}\n`, { message: /no method/ }],
  [
    "a method of two words",
    `${HEAD}  - request: { method: GET IT, url: "http://x" }\n    response: {}\n`,
    { message: /GET IT/ },
  ],
  [
    "a url of a file",
    `${HEAD}  - request: { method: GET, url: file:///etc/passwd }\n    response: {}\n`,
    { path: "interactions[0].request.url" },
  ],
  [
    "a url with a line break",
    `${HEAD}  - request: { method: GET, url: "https://x/\\r\\na: b" }\n    response: {}\n`,
    { path: "interactions[0].request.url" },
  ],
  [
    "a status text with a line break",
    `${RESPONSE}      statusText: "OK\\r\\nset-cookie: a"\n`,
    { path: "interactions[0].response.statusText", message: /line break/ },
  ],
  [
    "blocks nested by the thousand",
    `${HEAD}${Array.from({ length: 3000 }, (_, depth) => `${" ".repeat(depth + 2)}a:`).join("\n")}\n`,
    { message: /it is nested too deeply/ },
  ],
  [
    "a relative url",
    `${HEAD}  - request: { method: GET, url: /x }\n    response: {}\n`,
    { path: "interactions[0].request.url" },
  ],
  ["an entry that is no mapping", `${HEAD}  - hello\n`, { line: 3, path: "interactions[0]" }],
  ["interactions that are no list", "cassette: 1\ninteractions: { a: b }\n", { path: "interactions" }],
  ["a response that is text", `${HEAD}${REQUEST}    response: hello\n`, { path: "interactions[0].response" }],
  ["a status of words", `${RESPONSE}      status: OK\n`, { path: "interactions[0].response.status" }],
  ["a status beyond all", `${RESPONSE}      status: 1000\n`, { path: "interactions[0].response.status" }],
  ["a status below all", `${RESPONSE}      status: 99\n`, { path: "interactions[0].response.status" }],
  ["a status in parts", `${RESPONSE}      status: 200.5\n`, { path: "interactions[0].response.status" }],
  [
    "a huge number",
    `${RESPONSE}      timing: { headers: 1e999 }\n`,
    { path: "interactions[0].response.timing.headers" },
  ],
  [
    "a time of a month",
    `${RESPONSE}      timing: { headers: 3000000000 }\n`,
    { path: "interactions[0].response.timing.headers" },
  ],
  [
    "a time that is no number",
    `${RESPONSE}      timing: { headers: .nan }\n`,
    { path: "interactions[0].response.timing.headers" },
  ],
  [
    "a negative time",
    `${RESPONSE}      timing: { chunks: [-1] }\n`,
    { path: "interactions[0].response.timing.chunks[0]" },
  ],
  [
    "an entry before the tape began",
    `${HEAD}  - { at: -1, request: {}, response: {} }\n`,
    { path: "interactions[0].at" },
  ],
  [
    "times that run backwards",
    `${RESPONSE}      timing: { headers: 1, chunks: [2, 5, 4] }\n`,
    { path: "interactions[0].response.timing.chunks[2]", message: /4 is before .+, 5/ },
  ],
  [
    "headers after the first chunk",
    `${RESPONSE}      timing: { headers: 9, chunks: [2] }\n`,
    { path: "interactions[0].response.timing.headers" },
  ],
  [
    "a cut of no size",
    `${RESPONSE}      cuts: [-1]\n      body: x\n`,
    { path: "interactions[0].response.cuts[0]" },
  ],
  [
    "a cut in parts",
    `${RESPONSE}      cuts: [0.5, 0.5]\n      body: x\n`,
    { path: "interactions[0].response.cuts[0]" },
  ],
  [
    "an unknown end",
    `${RESPONSE}      end: finished\n`,
    { message: /one of complete, aborted, reset, truncated/ },
  ],
  ["an unknown end of lines", `${RESPONSE}      eol: lf\n      body: x\n`, { message: /one of crlf, cr/ }],
  ["an unknown encoding", `${RESPONSE}      encoding: gzip\n      body: x\n`, { message: /one of base64/ }],
  [
    "base64 that is not",
    `${RESPONSE}      encoding: base64\n      body: a*bc\n`,
    { path: "interactions[0].response.body" },
  ],
  [
    "base64 of a wrong length",
    `${RESPONSE}      encoding: base64\n      body: YQ=\n`,
    { path: "interactions[0].response.body" },
  ],
  [
    "base64 that is a mapping",
    `${RESPONSE}      encoding: base64\n      body: { a: b }\n`,
    { message: /has to be text/ },
  ],
  [
    "base64 with ends of lines",
    `${RESPONSE}      eol: crlf\n      encoding: base64\n      body: YQ==\n`,
    { path: "interactions[0].response.eol" },
  ],
  [
    "ends of lines of a mapping",
    `${RESPONSE}      eol: crlf\n      body: { a: b }\n`,
    { message: /has to be text/ },
  ],
  ["a body without a value", `${RESPONSE}      body:\n`, { path: "interactions[0].response.body" }],
  [
    "an infinite number in a body",
    `${RESPONSE}      body: { a: [.inf] }\n`,
    { path: "interactions[0].response.body.a[0]" },
  ],
  [
    "a number too large in a body",
    `${RESPONSE}      body: { a: 1e999 }\n`,
    { path: "interactions[0].response.body.a" },
  ],
  [
    "a number with too many digits",
    `${RESPONSE}      body: [9007199254740993]\n`,
    { path: "interactions[0].response.body[0]" },
  ],
  [
    "a header of two lines",
    `${RESPONSE}      headers: { a: "b\\nc" }\n`,
    { path: "interactions[0].response.headers.a" },
  ],
  [
    "a header beyond Latin-1",
    `${RESPONSE}      headers: { a: "\u4f60" }\n`,
    { path: "interactions[0].response.headers.a" },
  ],
  [
    "a header's name with a blank",
    `${RESPONSE}      headers: { a b: c }\n`,
    { message: /is not a header name/ },
  ],
  [
    "a header that is a mapping",
    `${RESPONSE}      headers: { a: { b: c } }\n`,
    { path: "interactions[0].response.headers.a" },
  ],
  ["a date that is none", "cassette: 1\nrecorded: { at: yesterday }\n", { path: "recorded.at" }],
  [
    "a frozen clock without a seed",
    "cassette: 1\nfrozen: { time: 2026-11-20T07:00:00.000Z }\n",
    { message: /no seed/ },
  ],
  ["a quote that never ends", `${RESPONSE}      body: "abc\n`, { code: "CASSETTE_TAPE_INVALID" }],
  ["a tab for an indent", `${RESPONSE}\tbody: x\n`, { line: 8 }],
  ["a bad escape", `${RESPONSE}      body: "\\q"\n`, { line: 8 }],
  ["a character beyond Unicode", `${RESPONSE}      body: "\\UFFFFFFFF"\n`, { line: 8 }],
])("%s is reported with its location", (_name, text, { message, ...facts }) => {
  const error = errorOf(text);
  expect(error).toMatchObject({ name: "TapeError", file: FILE, code: "CASSETTE_TAPE_INVALID", ...facts });
  expect(error.message).toMatch(/^Failed to read cassettes\/chat\/joke\.yaml:\d+:\d+: /);
  if (message !== undefined) expect(error.message).toMatch(message as RegExp);
  // The same in a file from Windows.
  expect(errorOf(text.replaceAll("\n", "\r\n"))).toMatchObject(facts);
});

const BOMBS: Readonly<Record<string, string>> = {
  "aliases that multiply": `a: &a [x]\n${Array.from({ length: 40 }, (_, i) => `b${i}: &b${i} [*a, *a]\n`).join("")}`,
  "brackets nested a million deep": `${HEAD}  - ${"[".repeat(1_000_000)}`,
  "brackets nested and closed": `${HEAD}  - ${"[".repeat(500_000)}${"]".repeat(500_000)}`,
  "mappings nested a million deep": `${HEAD}  - ${"{a: ".repeat(1_000_000)}`,
  "dashes on one line": `${HEAD}  ${"- ".repeat(1_000_000)}x`,
  "keys on one line": `${HEAD}  - ${"a: ".repeat(1_000_000)}`,
  "question marks": `${HEAD}  - ${"? ".repeat(1_000_000)}`,
  directives: "%a\n".repeat(1_000_000),
  documents: "--- a\n".repeat(500_000),
  "a list of a million parts": `${HEAD}  - >\n    a\n    b\n  - [${"1,".repeat(1_000_000)}]`,
  "a key repeated a million times": `cassette: 1\n${"a: 1\n".repeat(1_000_000)}`,
  "a million keys": `${HEAD}  - at: 0\n${Array.from({ length: 1_000_000 }, (_, i) => `    k${i}: 1\n`).join("")}`,
  "a million empty entries": `${HEAD}${"  - {}\n".repeat(1_000_000)}`,
  "tags without end": `${HEAD}  - ${"!".repeat(2_000_000)}`,
  "quotes without end": `${HEAD}  - ${"'".repeat(2_000_000)}`,
  "backslashes without end": `${HEAD}  - "${"\\".repeat(2_000_000)}"`,
};

test.each(Object.keys(BOMBS))("%s are refused in seconds and in little memory", (name) => {
  const before = process.memoryUsage().rss;
  const cpuTime = startCpuTimer();
  errorOf(BOMBS[name] as string);
  expect(cpuTime()).toBeLessThan(20_000);
  expect(process.memoryUsage().rss - before).toBeLessThan(1_500_000_000);
});

test("no prototype is changed by keys that name one", () => {
  const text = `${RESPONSE}      headers: { __proto__: x, constructor: y, toString: z }\n      body: { __proto__: { polluted: true }, constructor: { prototype: { polluted: true } } }\n`;
  for (const variant of [text, text.replace("{ __proto__: {", "{ '__proto__': {"), `--- \n${text}`]) {
    const [entry] = interactionsOf(parseTape(variant, { file: FILE }));
    const body = new TextDecoder().decode(entry?.response.chunks[0]);
    expect(body).toBe('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    expect(entry?.response.headers).toEqual([
      ["__proto__", "x"],
      ["constructor", "y"],
      ["toString", "z"],
    ]);
  }
  expect({}).not.toHaveProperty("polluted");
  expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false);
});

test("an excerpt shows the line before, cuts long ones around the mark, and no control characters", () => {
  const long = `${"y".repeat(500)} \u001b[31m \u202e: a: b`;
  const error = errorOf(`${RESPONSE}      end: ${long}\n`);
  expect(error.message.split("\n").every((line) => line.length < 260)).toBe(true);
  expect(error.message.replaceAll("\n", "")).not.toMatch(/\p{Cc}|\p{Cf}/u);
});
