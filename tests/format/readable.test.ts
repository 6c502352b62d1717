import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { interactionsOf, type RecordedResponse } from "../../src/cassette/model.ts";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { startCpuTimer } from "../support/cpu-timer.ts";
import { interaction, tape } from "./tape-samples.ts";

const FILE = "cassettes/sample.yaml";

/** The lines from `first` on that stand at its column or deeper. */
function part(text: string, first: RegExp): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => first.test(line));
  const column = /^ */.exec(lines[start] ?? "")?.[0].length ?? 0;
  const length = lines
    .slice(start + 1)
    .findIndex((line) => line.trim() !== "" && /^ */.exec(line)![0].length <= column);
  return lines
    .slice(start, length === -1 ? undefined : start + 1 + length)
    .map((line) => line.slice(column))
    .join("\n")
    .trimEnd();
}

const requestBody = (value: unknown): string =>
  part(renderTape(tape(interaction([], {}, JSON.stringify(value)))), /^ {6}body:/);
const responseBody = (chunk: string | Uint8Array, response: Partial<RecordedResponse> = {}): string =>
  part(renderTape(tape(interaction([chunk], response, null))), /^ {6}(?:body|eol|encoding):/);

test("a conversation with tools reads as a person would write it", () => {
  const body = requestBody({
    model: "claude-sonnet-5",
    max_tokens: 1024,
    temperature: 0.7,
    stream: true,
    stop_sequences: [],
    metadata: { user_id: "u_1" },
    system: "You are a helpful assistant.\nAnswer in one sentence.\n",
    tools: [
      {
        name: "get_weather",
        description: "The weather of a place: now, and later today",
        input_schema: {
          type: "object",
          properties: { city: { type: "string" }, unit: { type: "string", enum: ["celsius", "fahrenheit"] } },
          required: ["city"],
        },
      },
    ],
    messages: [
      { role: "user", content: "What's the weather in Zürich?" },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "toolu_1", name: "get_weather", input: { city: "Zürich" } }],
      },
      {
        role: "user",
        content: [{ type: "tool_result", tool_use_id: "toolu_1", content: '{"temp":12,"sky":"clear"}' }],
      },
    ],
  });
  expect(body).toMatchInlineSnapshot(`
    "body:
      model: claude-sonnet-5
      max_tokens: 1024
      temperature: 0.7
      stream: true
      stop_sequences: []
      metadata: { user_id: u_1 }
      system: |
        You are a helpful assistant.
        Answer in one sentence.
      tools:
        - name: get_weather
          description: "The weather of a place: now, and later today"
          input_schema:
            type: object
            properties:
              city: { type: string }
              unit:
                type: string
                enum: [celsius, fahrenheit]
            required: [city]
      messages:
        - { role: user, content: What's the weather in Zürich? }
        - role: assistant
          content:
            - type: tool_use
              id: toolu_1
              name: get_weather
              input: { city: Zürich }
        - role: user
          content:
            - { type: tool_result, tool_use_id: toolu_1, content: '{"temp":12,"sky":"clear"}' }"
  `);
});

test("words that YAML takes for something else are in quotes", () => {
  const words = [
    "yes",
    "no",
    "null",
    "~",
    "1",
    "1.0",
    "1e3",
    "0x1f",
    "1_000",
    "12:30",
    "2026-11-20",
    ".inf",
    "",
    " a",
    "- a",
    "a: b",
    "a #b",
    "@a",
    '{"a":1}',
    "it's",
    'say "x"',
    "a\tb",
    "\u2028",
    "#a",
    "a:",
    "?",
  ];
  expect(requestBody({ words: words.map((word) => [word]) })).toMatchInlineSnapshot(`
    "body:
      words:
        - ["yes"]
        - ["no"]
        - ["null"]
        - ["~"]
        - ["1"]
        - ["1.0"]
        - ["1e3"]
        - ["0x1f"]
        - ["1_000"]
        - ["12:30"]
        - ["2026-11-20"]
        - [".inf"]
        - [""]
        - [" a"]
        - ["- a"]
        - ["a: b"]
        - ["a #b"]
        - ["@a"]
        - ['{"a":1}']
        - [it's]
        - [say "x"]
        - ["a\\tb"]
        - ["\\u2028"]
        - ["#a"]
        - ["a:"]
        - ["?"]"
  `);
});

test("text that no block holds keeps its lines, with escapes", () => {
  expect(responseBody("data: bell \x07\n  data: two\n\ndata: end\n\n")).toMatchInlineSnapshot(`
    "body: "\\
      data: bell \\u0007\\n\\
      \\x20 data: two\\n\\
      \\n\\
      data: end\\n\\
      \\n""
  `);
  expect(responseBody("data: a\r\ndata: b\n\n")).toMatchInlineSnapshot(`
    "body: "\\
      data: a\\r\\n\\
      data: b\\n\\
      \\n""
  `);
});

test("a common line ending is noted once", () => {
  expect(responseBody("data: a\r\n\r\n")).toBe("eol: crlf");
  expect(renderTape(tape(interaction(["data: a\r\n\r\n"])))).toContain(
    "      eol: crlf\n      body: |+\n        data: a\n\n",
  );
});

test("bytes are base64, and say so", () => {
  const binary = Uint8Array.from({ length: 100 }, (_, index) => 255 - index);
  const text = renderTape(tape(interaction([binary])));
  expect(part(text, /encoding:/)).toBe("encoding: base64");
  expect(part(text, /^ {6}body: \|/)).toMatchInlineSnapshot(`
    "body: |
      //79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjHxsXEw8LBwL++vby7urm4t7a1
      tLOysbCvrq2sq6qpqKempaSjoqGgn56dnA=="
  `);
});

test("text with blanks at its very end is quoted, so that no editor trims it", () => {
  expect(responseBody("a\n   ")).toMatchInlineSnapshot(`
    "body: "\\
      a\\n\\
      \\x20  ""
  `);
});

test("rare fields of a response appear only if they are present", () => {
  const text = renderTape(
    tape(
      interaction(["da", "ta: a\n\n"], {
        status: 429,
        statusText: "Slow Down",
        headers: [
          ["Retry-After", "20"],
          ["set-cookie", "a=1; Path=/"],
          ["set-cookie", "b=2"],
          ["Content-Encoding", "gzip"],
          ["x-request-limit-reset-in-words", "twenty seconds from now, or so"],
        ],
        end: "reset",
        error: { code: "ECONNRESET", message: "read ECONNRESET, at last" },
        decoded: true,
      }),
      interaction(
        [],
        {
          status: 0,
          statusText: "",
          headers: [
            ["a", "1"],
            ["b", "2"],
            ["a", "3"],
          ],
          end: "reset",
          error: { message: "no answer" },
        },
        null,
      ),
    ),
  );
  expect(text.slice(text.indexOf("interactions:"))).toMatchInlineSnapshot(`
    "interactions:
      - at: 0
        request:
          method: POST
          url: https://api.openai.com/v1/chat/completions
          headers: { content-type: application/json }
          body:
            model: gpt-5-mini
            stream: true
        response:
          status: 429
          statusText: Slow Down
          headers:
            Retry-After: "20"
            set-cookie: [a=1; Path=/, b=2]
            Content-Encoding: gzip
            x-request-limit-reset-in-words: twenty seconds from now, or so
          end: reset
          error: { code: ECONNRESET, message: "read ECONNRESET, at last" }
          decoded: true
          cuts: [2, 7]
          body: |+
            data: a

      - at: 0
        request:
          method: POST
          url: https://api.openai.com/v1/chat/completions
          headers: { content-type: application/json }
        response:
          status: 0
          headers:
            - a: "1"
            - b: "2"
            - a: "3"
          end: reset
          error: { message: no answer }
    "
  `);
});

test("a comment stays a comment, whatever it is given", () => {
  const comment = "1 · a\tb\u0085c\u2028d\n> e\r\u0000f\n";
  const text = renderTape(tape(interaction([])), { describe: () => comment });
  expect(text.split("\n").slice(4, 7)).toEqual(["  # 1 · a b c d", "  # > e f", "  - at: 0"]);
});

test("header lines that mean nothing to a client stand in one line, and come back with the others", () => {
  const headers = [
    ["Date", "Fri, 20 Nov 2026 07:00:00 GMT"],
    ["content-type", "application/json"],
    ["Via", "1.1 one"],
    ["x-request-id", "req_1"],
    ["openai-version", "2020-10-01"],
    ["Via", "1.1 two"],
    ["cf-ray", "9a8b-CDG"],
    ["access-control-expose-headers", "X-Request-ID"],
    ["transfer-encoding", "chunked"],
    ["set-cookie", "a=1"],
  ] as const;
  const text = renderTape(tape(interaction(["{}"], { headers })));
  expect(text).toContain(
    `      headers: { content-type: application/json, openai-version: "2020-10-01", set-cookie: a=1 }
      transport: { Date: "Fri, 20 Nov 2026 07:00:00 GMT", Via: [1.1 one, 1.1 two], x-request-id: req_1, cf-ray: 9a8b-CDG, access-control-expose-headers: X-Request-ID, transfer-encoding: chunked }
      end: complete
`,
  );
  const [read] = interactionsOf(parseTape(text, { file: FILE }));
  const at = (index: number) => headers[index] as readonly [string, string];
  expect(read?.response.headers).toEqual([1, 4, 9, 0, 2, 5, 3, 6, 7, 8].map(at));
  // A tape from before `transport` gives its headers in their order.
  const old = text.replace(
    / {6}headers: .*\n {6}transport: .*\n/,
    "      headers: { date: x, b: c, via: y }\n",
  );
  expect(interactionsOf(parseTape(old, { file: FILE }))[0]?.response.headers).toEqual([
    ["date", "x"],
    ["b", "c"],
    ["via", "y"],
  ]);
});

test("a tape in its own form is read and written without loading yaml", () => {
  const script = `
    import { createRequire } from "node:module";
    import { parseTape, renderTape } from ${JSON.stringify(new URL("../../src/format/index.ts", import.meta.url).href)};
    const text = ${JSON.stringify(renderTape(tape(interaction(["data: a\n\n"]))))};
    renderTape(structuredClone(parseTape(text, { file: "a.yaml" })));
    const loaded = () => Object.keys(createRequire(import.meta.url).cache).some((file) => /[\\\\/]yaml[\\\\/]/.test(file));
    const before = loaded();
    parseTape(text.replace("method: POST", "method: !!str POST").replace("!!str ", ">-\\n        "), { file: "a.yaml" });
    console.log(before, loaded());
  `;
  const output = execFileSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" });
  expect(output.trim()).toBe("false true");
});

test("no line of an image in base64 is longer than some 120 characters, wherever it stands", () => {
  const image = Buffer.from(Array.from({ length: 3000 }, (_, index) => (index * 89) % 256)).toString(
    "base64",
  );
  const values = [
    JSON.stringify({ image, list: [image, { url: `data:image/png;base64,${image}` }], text: "short" }),
    JSON.stringify({ data: [{ b64_json: image, "\u00e9": `\\n${image}` }] }, null, 2),
    Uint8Array.from({ length: 3000 }, (_, index) => (index * 89) % 256),
  ];
  for (const body of values) {
    const text = renderTape(tape(interaction([body], {}, typeof body === "string" ? body : undefined)));
    expect(Math.max(...text.split("\n").map((line) => line.length))).toBeLessThan(125);
    const [read] = interactionsOf(parseTape(text, { file: FILE }));
    expect(Buffer.from(read?.response.chunks[0] ?? []).equals(Buffer.from(body))).toBe(true);
    expect(interactionsOf(parseTape(`${text}...\n`, { file: FILE }))[0]).toEqual(read);
  }
  // A stream stays the text that came.
  const stream = `data: ${image}\n\n`;
  expect(renderTape(tape(interaction([stream])))).toContain(`        data: ${image}\n`);
});

test("JSON that is nested too deeply for YAML is text", () => {
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const text = renderTape(tape(interaction([deep], {}, `{"a":${deep}}`)));
  const [read] = interactionsOf(parseTape(text, { file: FILE }));
  expect(Buffer.from(read?.response.chunks[0] ?? []).toString()).toBe(deep);
  expect(Buffer.from(read?.request.body ?? []).toString()).toBe(`{"a":${deep}}`);
});

test("45 MB of bytes are written and read in seconds", () => {
  const bytes = Buffer.alloc(
    45e6,
    Buffer.from(Array.from({ length: 997 }, (_, index) => (index * 89) % 256)),
  );
  const cpuTime = startCpuTimer();
  const text = renderTape(tape(interaction([bytes])));
  expect(cpuTime()).toBeLessThan(8000);
  const [read] = interactionsOf(parseTape(text, { file: FILE }));
  expect(bytes.equals(read?.response.chunks[0] ?? new Uint8Array())).toBe(true);
});

test("trailers stand below the headers", () => {
  const trailers = [
    ["grpc-status", "0"],
    ["grpc-message", "all well"],
  ] as const;
  const text = renderTape(tape(interaction(["{}"], { trailers })));
  expect(text).toContain(
    `      trailers: { grpc-status: "0", grpc-message: all well }\n      end: complete\n`,
  );
  expect(interactionsOf(parseTape(text, { file: FILE }))[0]?.response.trailers).toEqual(trailers);
});
