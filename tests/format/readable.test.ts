import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import type { RecordedResponse } from "../../src/cassette/model.ts";
import { renderTape } from "../../src/format/index.ts";
import { interaction, tape } from "./tape-samples.ts";

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

test("lines that all end alike say how", () => {
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
      //79/Pv6+fj39vX08/Lx8O/u7ezr6uno5+bl5OPi4eDf3t3c29rZ2NfW1dTT0tHQz87NzMvKycjH
      xsXEw8LBwL++vby7urm4t7a1tLOysbCvrq2sq6qpqKempaSjoqGgn56dnA=="
  `);
});

test("text with blanks at its very end is in quotes, where no editor trims it", () => {
  expect(responseBody("a\n   ")).toMatchInlineSnapshot(`
    "body: "\\
      a\\n\\
      \\x20  ""
  `);
});

test("what a response seldom has is there when it has it", () => {
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

test("a comment stays on its line, whatever it is given", () => {
  const text = renderTape(tape(interaction([])), { describe: () => "1 · a\nb\u2028c\ufeff \ud800d" });
  expect(text.split("\n")[4]).toBe("  # 1 · a b c d");
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
