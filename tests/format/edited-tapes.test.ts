import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Interaction, interactionsOf, type Tape, type TapeEntry } from "../../src/cassette/model.ts";
import { parseTape, renderTape, withInteractions } from "../../src/format/index.ts";
import { bytes, interaction, tape } from "./tape-samples.ts";

const parse = (text: string): Tape => parseTape(text, { file: "cassettes/a.yaml" });
const text = (chunk: Uint8Array | undefined): string => new TextDecoder().decode(chunk);
const chunksOf = (source: string): string[] =>
  (interactionsOf(parse(source))[0]?.response.chunks ?? []).map(text);

const SSE = `cassette: 1
interactions:
  - request: { method: POST, url: "https://api.test/v1", body: { model: m } }
    response:
      headers: { content-type: text/event-stream }
      body: |+
        data: {"a":1}

        data: [DONE]

`;

test("a tape written by hand, without times or anything that has a usual value, plays", () => {
  const { recorded, interactions } = parse(SSE);
  expect(recorded).toBeUndefined();
  expect(interactions).toEqual([
    {
      kind: "request",
      at: 0,
      request: { method: "POST", url: "https://api.test/v1", headers: [], body: bytes('{"model":"m"}') },
      response: {
        status: 200,
        statusText: "OK",
        headers: [["content-type", "text/event-stream"]],
        chunks: [bytes('data: {"a":1}\n\n'), bytes("data: [DONE]\n\n")],
        end: "complete",
      },
    },
  ]);
});

test("an event that was added or made longer is one chunk", () => {
  const recorded = renderTape(tape(interaction(["data: a\n\n", "data: b\n\n"])));
  const edited = recorded.replace("data: a\n", "data: a longer one\n\n        data: another\n");
  expect(chunksOf(edited)).toEqual(["data: a longer one\n\n", "data: another\n\n", "data: b\n\n"]);
});

test("cuts that no longer add up give way to the events", () => {
  const recorded = renderTape(tape(interaction(["data: ", "a\n\ndata: b\n\n"])));
  expect(recorded).toContain("cuts: [6, 12]");
  expect(chunksOf(recorded)).toEqual(["data: ", "a\n\ndata: b\n\n"]);
  expect(chunksOf(recorded.replace("data: a", "data: longer"))).toEqual(["data: longer\n\n", "data: b\n\n"]);
});

test.each([
  [[10, 20, 30], 5, [10, 15, 20, 25, 30]],
  [[10, 20, 30], 2, [10, 30]],
  [[10, 20, 30], 1, [30]],
  [[10, 20, 30], 4, [10, 16.7, 23.3, 30]],
  [[10], 3, [10, 10, 10]],
  [[], 2, [5, 5]],
  [[10, 20], 0, []],
])("the times %j are spread over %i chunks", (times, count, expected) => {
  const events = Array.from({ length: count }, (_, index) => `        data: ${index}\n\n`).join("");
  const source = SSE.replace(
    /body: \|\+\n[\s\S]+$/,
    `timing: { headers: 5, chunks: [${times.join(", ")}] }\n${count === 0 ? "" : `      body: |+\n${events}`}`,
  );
  expect(interactionsOf(parse(source))[0]?.response.timing).toEqual({ headers: 5, chunks: expected });
});

test("times of chunks alone are enough", () => {
  const source = SSE.replace("      body:", "      timing: { chunks: [10, 20] }\n      body:");
  expect(interactionsOf(parse(source))[0]?.response.timing).toEqual({ headers: 10, chunks: [10, 20] });
});

test("an entry without its own time has that of the one before", () => {
  const source = `cassette: 1\ninteractions:\n${["at: 5", "request: null", "at: 9"]
    .map(
      (first) =>
        `  - ${first.startsWith("at") ? `${first}\n    ` : ""}request: { method: GET, url: "http://x" }\n    response: {}\n`,
    )
    .join("")}`;
  expect(interactionsOf(parse(source)).map(({ at }) => at)).toEqual([5, 5, 9]);
});

test.each([
  ["12", "12"],
  ["true", "true"],
  ['"12"', "12"],
  ["hello", "hello"],
  ["[1, 2]", "[1,2]"],
  ["{}", "{}"],
  ['""', ""],
  ["0x1F", "31"],
  ["0o17", "15"],
  ["1.50", "1.5"],
  ["-0.0", "0"],
  ["1e3", "1000"],
  ["+5", "5"],
  [
    "{ a: ~, b: Null, c: True, d: yes, e: 2026-11-20, f: 1_000 }",
    '{"a":null,"b":null,"c":true,"d":"yes","e":"2026-11-20","f":"1_000"}',
  ],
  ["{ 2: a, 1: b, x: c }", '{"2":"a","1":"b","x":"c"}'],
  ["{ a: , b: c }", '{"a":null,"b":"c"}'],
  [">\n        folded\n        text\n", "folded text\n"],
  ["|-\n        a\n         b", "a\n b"],
  ["two\n        lines", "two lines"],
  ["'two\n\n        lines'", "two\nlines"],
  ['"two\n        lines"', "two lines"],
])("the body %j stands for %j", (body, expected) => {
  expect(
    chunksOf(
      `cassette: 1\ninteractions:\n  - request: { method: GET, url: "http://x" }\n    response:\n      body: ${body}\n`,
    ).join(""),
  ).toBe(expected);
});

test("JSON is YAML: a tape may be written as JSON", () => {
  const source = JSON.stringify({
    cassette: 1,
    interactions: [
      {
        at: 0,
        request: { method: "GET", url: "http://x" },
        response: { status: 404, body: { error: "no" } },
      },
    ],
  });
  expect(interactionsOf(parse(source))[0]?.response).toMatchObject({ status: 404, statusText: "Not Found" });
  expect(renderTape(parse(source))).toBe(source);
});

/** All that people do to a tape that changes nothing that is played. */
const STYLES: Readonly<Record<string, (source: string) => string>> = {
  "as it was": (source) => source,
  "with CRLF": (source) => source.replaceAll("\n", "\r\n"),
  "with a byte order mark": (source) => `\ufeff${source}`,
  "with a document marker": (source) => `---\n${source}`,
  "with the end of the document marked": (source) => `${source}...\n`,
  "with comments everywhere": (source) =>
    source
      .replaceAll("    request:\n", "    # before the request\n    request:   # what was sent\n")
      .replaceAll("status: 200\n", "status: 200  # fine\n")
      .replaceAll(" }\n", " } # braces\n")
      .replaceAll("body: |+\n", "body: |+  # as it came\n")
      .replace("interactions:\n", "interactions: # all of them\n"),
  "with other quotes": (source) =>
    source.replaceAll("method: POST", "'method': \"POST\"").replaceAll("at: 0", '"at": 0'),
  "with keys in another order": (source) =>
    source.replace(/( {6}status: 200\n)( {6}headers: .+\n)( {6}end: complete\n)/g, "$3$2$1"),
  "with the list at the first column": (source) => {
    const at = source.indexOf("interactions:\n") + "interactions:\n".length;
    return source.slice(0, at) + source.slice(at).replace(/^ {2}/gm, "");
  },
  "indented deeper": (source) => {
    const at = source.indexOf("interactions:\n") + "interactions:\n".length;
    return source.slice(0, at) + source.slice(at).replace(/^(?=.)/gm, "   ");
  },
  "with the dash on a line of its own": (source) => source.replaceAll("  - at: 0", "  -\n    at: 0"),
  "with fields behind the list": (source) =>
    source
      .replace(/recorded: .+\n/, "")
      .concat('recorded: { at: 2026-11-20T07:00:00.000Z, with: "vitest-cassette 0.1.0" }\n# the end\n'),
  "with one entry in flow style": (source) =>
    source.replace(
      / {2}- at: 0\n[\s\S]+?(?=\n {2}# 2)/,
      '  - { at: 0, request: { method: GET, url: "http://x" },\n      response: {} }',
    ),
  "with a comment left of its entry": (source) =>
    source.replaceAll("    response:\n", "# left\n    response:\n"),
  "with blank lines and comments between entries": (source) =>
    source.replaceAll(/^ {2}# (\d)/gm, "  # above\n\n  # $1"),
};

const ORIGINAL = tape(
  interaction(["data: a\n\n", "data: b\n\n"]),
  interaction(["data: c\n\n"], {}, "plain text\n"),
  interaction(['{"id":"x","list":[1,2]}'], { headers: [["content-type", "application/json"]] }),
);
const describe = (_: unknown, index: number): string => `${index + 1} · openai chat`;
const NEW = interaction(["data: new\n\n", "data: [DONE]\n\n"], { timing: { headers: 1, chunks: [2.25, 3] } });

test.each(Object.keys(STYLES))("a tape %s is read as the same and written back the same", (style) => {
  const source = (STYLES[style] as (source: string) => string)(renderTape(ORIGINAL, { describe }));
  const read = parse(source);
  expect(renderTape(read)).toBe(source);
  expect(renderTape(withInteractions(read, [...read.interactions]))).toBe(source);
  if (style !== "with one entry in flow style") expect(read).toEqual(ORIGINAL);
});

test.each(Object.keys(STYLES))(
  "an addition to a tape %s leaves the rest unchanged, byte for byte",
  (style) => {
    const source = (STYLES[style] as (source: string) => string)(renderTape(ORIGINAL, { describe }));
    const read = parse(source);
    const [one, two, three] = interactionsOf(read) as [Interaction, Interaction, Interaction];
    const orders = [
      [NEW, one, two, three],
      [one, NEW, two, NEW, three],
      [one, two, three, NEW],
      [NEW, NEW, one, two, three, NEW],
    ];
    for (const order of orders) {
      const changed = withInteractions(read, order);
      const written = renderTape(changed, { describe: (entry) => (entry === NEW ? "new" : undefined) });
      // Taking out what was added gives the old file: nothing else was touched.
      expect(written).not.toBe(source);
      expect(removeAdded(written)).toBe(source);
      const back = parse(written);
      expect(interactionsOf(back)).toHaveLength(order.length);
      expect(interactionsOf(back).map(({ response }) => response.chunks)).toEqual(
        order.map(({ response }) => response.chunks),
      );
      expect(renderTape(back)).toBe(written);
    }
  },
);

function removeAdded(written: string): string {
  const eol = written.includes("\r\n") ? "\r\n" : "\n";
  const blocks = written.split(new RegExp(`(?=^ *# new${eol})`, "m"));
  return blocks
    .map((block) => {
      const column = /^( *)# new/.exec(block)?.[1]?.length;
      if (column === undefined) return block;
      const lines = block.split(eol);
      // Up to the next line that stands no deeper than the dash.
      const end = lines.findIndex(
        (line, index) => index > 1 && line.trim() !== "" && /^ */.exec(line)![0].length <= column,
      );
      return end === -1 ? "" : lines.slice(end).join(eol);
    })
    .join("");
}

test("a removal from a tape leaves the rest unchanged, byte for byte", () => {
  const source = renderTape(ORIGINAL, { describe });
  const read = parse(source);
  const [one, , three] = interactionsOf(read) as [Interaction, Interaction, Interaction];
  const written = renderTape(withInteractions(read, [one, three]));
  const second = source.slice(source.indexOf("  # 2 ·"), source.indexOf("  # 3 ·"));
  expect(written).toBe(source.replace(second, ""));
  const none = renderTape(withInteractions(read, []));
  expect(none).toBe(`${source.slice(0, source.indexOf("interactions:"))}interactions: []\n`);
  expect(interactionsOf(parse(none))).toEqual([]);
});

test("a change of the tape renews the comments that a recording wrote, and no others", () => {
  const source = `cassette: 1
interactions:
  # by hand
  # 1 · openai chat · gpt-4o
  # > an old question
  # < an old answer
  # > a quote by hand, since it follows this

  # also by hand
  - request: { method: GET, url: "https://a.test/1" }
    response: {}
  # 2 · is what I call it
  # > this
  - request: { method: GET, url: "https://a.test/2" }
    response: {}
  # nobody described this one
  - request: { method: GET, url: "https://a.test/3" }
    response: {}
`.replace("  # > a quote", "  # x\n  # > a quote");
  const read = parse(source);
  const describeAll = (_: TapeEntry, index: number) => `${index + 1} · new\n> asked\n< answered`;
  // Unchanged, it keeps its bytes.
  expect(renderTape(read, { describe: describeAll })).toBe(source);
  const written = renderTape(withInteractions(read, [...read.interactions, NEW]), { describe: describeAll });
  const [before = "", after = ""] = written.split("  # 4 · new\n  # > asked\n  # < answered\n");
  expect(after).toContain("- at: ");
  expect(before).toBe(
    source
      .replace(
        "  # 1 · openai chat · gpt-4o\n  # > an old question\n  # < an old answer\n",
        "  # 1 · new\n  # > asked\n  # < answered\n",
      )
      .replace("  # 2 · is what I call it\n  # > this\n", "  # 2 · new\n  # > asked\n  # < answered\n"),
  );
  // CRLF stays CRLF.
  const windows = parse(source.replaceAll("\n", "\r\n"));
  expect(
    renderTape(withInteractions(windows, [...windows.interactions, NEW]), { describe: describeAll }),
  ).toBe(written.replaceAll("\n", "\r\n"));
});

test("an addition among entries without times leaves them unchanged, byte for byte", () => {
  const entry = (path: string): string => `  # ${path}
  - request: { method: POST, url: "https://api.test/${path}" }
    response: { body: ok }
`;
  const source = `cassette: 1\ninteractions:\n${entry("one")}${entry("two")}`;
  const read = parse(source);
  const [one, two] = interactionsOf(read) as [Interaction, Interaction];
  const added = { ...NEW, at: 17.7 };
  const written = renderTape(withInteractions(read, [one, added, two]), {
    describe: (entry) => (entry === added ? "new" : undefined),
  });
  expect(removeAdded(written)).toBe(source);
  expect(interactionsOf(parse(written)).map(({ at }) => at)).toEqual([0, 17.7, 17.7]);
});

test("a file without a final line feed gets one only if something is added after it", () => {
  const source = renderTape(tape(interaction(["data: a"]))).trimEnd();
  const read = parse(source);
  expect(renderTape(read)).toBe(source);
  const written = renderTape(withInteractions(read, [...read.interactions, NEW]));
  expect(written.startsWith(`${source}\n`)).toBe(true);
  expect(interactionsOf(parse(written)).map(({ response }) => response.chunks.map(text))).toEqual([
    ["data: a"],
    NEW.response.chunks.map(text),
  ]);
});

test("a last line of blanks without a line feed changes nothing that is played", () => {
  const source = `${renderTape(tape(interaction(["data: a\n\n"]))).trimEnd()}\n        `;
  const read = parse(source);
  const written = renderTape(withInteractions(read, [...read.interactions, NEW]));
  expect(interactionsOf(parse(written))[0]?.response).toEqual(interactionsOf(read)[0]?.response);
});

test.each([
  "interactions: []\n",
  "interactions:\n",
  "interactions: [] # none yet\n",
  "interactions: [ ]\n# later\n",
  "",
])("the first entry of a tape that says %j leaves the rest of it", (list) => {
  const source = `# ours\ncassette: 1\n${list}`;
  const read = parse(source);
  expect(interactionsOf(read)).toEqual([]);
  const written = renderTape(withInteractions(read, [NEW]));
  expect(written.startsWith("# ours\ncassette: 1\ninteractions:")).toBe(true);
  for (const comment of source.match(/#.*/g) ?? []) expect(written).toContain(comment);
  expect(interactionsOf(parse(written))).toHaveLength(1);
});

test("entries of another tape are rendered again", () => {
  const source = (STYLES["with comments everywhere"] as (source: string) => string)(renderTape(ORIGINAL));
  const other = parse(source);
  const read = parse(renderTape(tape(interaction(["data: x\n\n"]))));
  const written = renderTape(withInteractions(read, [...read.interactions, ...other.interactions]));
  expect(written).not.toContain("# what was sent");
  expect(interactionsOf(parse(written))).toEqual([...read.interactions, ...ORIGINAL.interactions]);
});

test("another head renders the whole tape again", () => {
  const read = parse(renderTape(ORIGINAL).replace("interactions:", "# mine\ninteractions:"));
  const written = renderTape({
    ...read,
    recorded: { at: "2027-01-01T00:00:00.000Z", with: "vitest-cassette 0.2.0" },
  });
  expect(written).not.toContain("# mine");
  expect(interactionsOf(parse(written))).toEqual(ORIGINAL.interactions);
});

test("new times leave the lines of the text alone", () => {
  const chunks = Array.from({ length: 200 }, (_, index) => `data: {"n":${index}}\n\n`);
  const timed = (step: number): string =>
    renderTape(
      tape(
        interaction(chunks, {
          timing: { headers: step, chunks: chunks.map((_, index) => (index + 1) * step) },
        }),
      ),
    );
  const one = timed(3.1).split("\n");
  const two = timed(4.7).split("\n");
  expect(two).toHaveLength(one.length);
  const changed = one.flatMap((line, index) => (line === two[index] ? [] : [index]));
  const first = one.findIndex((line) => line.includes("timing:"));
  const last = one.findIndex((line) => line.includes("body: |+"));
  expect(changed.length).toBeGreaterThan(5);
  expect(changed.every((index) => index > first && index < last)).toBe(true);
});

test("the shape is the one that is documented", () => {
  const documented: Tape = {
    version: 1,
    recorded: { at: "2026-11-20T07:00:00.000Z", with: "vitest-cassette 0.1.0" },
    interactions: [
      {
        kind: "request",
        at: 0,
        request: {
          method: "POST",
          url: "https://api.openai.com/v1/chat/completions",
          headers: [["content-type", "application/json"]],
          body: bytes(
            JSON.stringify({
              model: "gpt-5-mini",
              stream: true,
              messages: [{ role: "user", content: "Why do programmers prefer dark mode?" }],
            }),
          ),
        },
        response: {
          status: 200,
          statusText: "OK",
          headers: [
            ["content-type", "text/event-stream; charset=utf-8"],
            ["date", "Fri, 20 Nov 2026 07:00:00 GMT"],
            ["server", "cloudflare"],
            ["x-request-id", "req_1"],
          ],
          chunks: [
            'data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Because"}}]}\n\n',
            "data: [DONE]\n\n",
          ].map(bytes),
          timing: { headers: 310.2, chunks: [412.3, 455] },
          end: "complete",
        },
      },
    ],
  };
  const sample = renderTape(documented, {
    describe: () =>
      "1 · openai chat · gpt-5-mini · 13 tokens · first token 412 ms\n> Why do programmers prefer dark mode?\n< Because",
  });
  expect(sample).toMatchInlineSnapshot(`
    "# yaml-language-server: $schema=https://unpkg.com/vitest-cassette/schema/cassette-v1.json
    cassette: 1
    recorded: { at: 2026-11-20T07:00:00.000Z, with: vitest-cassette 0.1.0 }
    interactions:
      # 1 · openai chat · gpt-5-mini · 13 tokens · first token 412 ms
      # > Why do programmers prefer dark mode?
      # < Because
      - at: 0
        request:
          method: POST
          url: https://api.openai.com/v1/chat/completions
          headers: { content-type: application/json }
          body:
            model: gpt-5-mini
            stream: true
            messages:
              - { role: user, content: Why do programmers prefer dark mode? }
        response:
          status: 200
          headers: { content-type: text/event-stream; charset=utf-8 }
          transport: { date: "Fri, 20 Nov 2026 07:00:00 GMT", server: cloudflare, x-request-id: req_1 }
          end: complete
          timing:
            headers: 310.2
            chunks: [412.3, 455]
          body: |+
            data: {"id":"chatcmpl-1","choices":[{"delta":{"content":"Because"}}]}

            data: [DONE]

    "
  `);
  const docs = readFileSync(new URL("../../docs/tape-format.md", import.meta.url), "utf8");
  expect(docs).toContain(sample);
});
