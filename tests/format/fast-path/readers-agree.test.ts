import fc from "fast-check";
import { expect, test } from "vitest";
import { readOwnForm } from "../../../src/format/fast-path/own-form.ts";
import { type ParseTapeOptions, parseTape, renderTape, TapeError } from "../../../src/format/index.ts";
import type { TapeNode } from "../../../src/format/node.ts";
import { readNodes } from "../../../src/format/read-nodes.ts";
import { YamlError } from "../../../src/format/yaml-error.ts";
import { readYaml } from "../../../src/format/yaml-reader.ts";
import { FACTOR, hold } from "../../support/hold.ts";
import { interaction, tape } from "../tape-samples.ts";

const RUNS = 400;
const TIME_LIMIT = 60_000 + RUNS * FACTOR * 20;

const WRITTEN = renderTape(
  tape(
    interaction(
      ["data: a\n\n", "da", "ta: b\r\n\n"],
      { timing: { headers: 1, chunks: [2, 3, 4.5] } },
      '{"a":"x\\n y\\n","b":[{"c":"d: e"}]}',
    ),
    interaction(
      [" data: c\n\n"],
      {
        headers: [
          ["a", "b"],
          ["a", "c"],
          ["x", "it's"],
        ],
      },
      "line\r\nline\r\n",
    ),
  ),
  { describe: (_, index) => `${index + 1} · openai chat` },
);

const BASES = [
  WRITTEN,
  WRITTEN.replaceAll("\n", "\r\n"),
  `a: |2+
   x

  y
b: |
  x
${"   "}
c:
- a
- b: 1
  c: 2
-
  - d
d: {a: [1, -2, {b: c}], "e": f g, 'h' : i}
e: []
f: {}
g: 'it''s'
h: "a\\x20\\u0041"
`,
  `cassette: 1
interactions:
- at: 1
  request: {}
- at: 2
  # c
  x: y

# lead
- at: 3
z: 1
`,
];

const BITS = [
  "\n",
  " ",
  "  ",
  "\t",
  "- ",
  ": ",
  ":",
  "#",
  " #",
  "# x\n",
  "'",
  '"',
  "\\",
  "{",
  "}",
  "[",
  "]",
  ",",
  "|",
  "|+",
  "|-",
  ">",
  "a",
  "1",
  "-",
  "?",
  "? ",
  "&a ",
  "*a",
  "!t ",
  "%",
  "@",
  "...",
  "---",
  "\n---\n",
  "\n\n",
  "\n      ",
  "\n  ",
  "\r\n",
  "\r",
  "key: ",
  "key: |\n",
  "é",
  "\ufeff",
  "\u2028",
  "~",
  "<<",
  "\n#c\n",
  "\\\n",
  "|2",
  "''",
  '""',
];

/** One thing that a slip of the hand does to a text. */
const slip = fc.oneof(
  fc.record({
    kind: fc.constant("insert" as const),
    at: fc.nat(),
    bit: fc.constantFrom(...BITS),
    drop: fc.nat({ max: 2 }),
  }),
  fc.record({
    kind: fc.constant("line" as const),
    at: fc.nat(),
    bit: fc.constantFrom(...BITS),
    how: fc.nat({ max: 5 }),
  }),
);

type Slip = typeof slip extends fc.Arbitrary<infer T> ? T : never;

function slipped(text: string, { kind, at, bit, ...rest }: Slip): string {
  if (kind === "insert") {
    const place = at % (text.length + 1);
    return text.slice(0, place) + bit + text.slice(place + ("drop" in rest ? rest.drop : 0));
  }
  const lines = text.split("\n");
  const index = at % lines.length;
  const line = lines[index] as string;
  const indent = /^ */.exec(line)?.[0] ?? "";
  const others = [
    "",
    ` ${line}`,
    line.slice(1),
    `${line}${bit}`,
    `${indent}${bit}${line.slice(indent.length)}`,
  ];
  const how = "how" in rest ? rest.how : 0;
  if (how === 5) lines.splice(index, 1);
  else lines[index] = others[how] as string;
  return lines.join("\n");
}

const edited = fc
  .tuple(fc.constantFrom(...BASES), fc.array(slip, { minLength: 1, maxLength: 3 }))
  .map(([base, slips]) => slips.reduce(slipped, base));

function comparable(node: TapeNode): unknown {
  switch (node.kind) {
    case "scalar":
      // Where nothing stands, readers differ on the place of it.
      return [node.text, node.plain, node.plain && node.text === "" ? "nowhere" : node.at];
    case "list":
      return ["list", node.at, ...node.items.map(comparable)];
    case "map":
      return [
        "map",
        node.at,
        ...node.entries.map(({ key, at, value }) => [key, key === "" ? 0 : at, comparable(value)]),
      ];
  }
}

function outcome(read: () => TapeNode): unknown {
  try {
    return comparable(read());
  } catch (error) {
    if (error instanceof YamlError) return error.message;
    throw error;
  }
}

test(
  "the quick reader reads as YAML does, or not at all",
  () => {
    let read = 0;
    hold(
      fc.property(edited, (text) => {
        if (/\r(?!\n)|\ufeff/.test(text)) return;
        const node = readOwnForm(text);
        if (node === undefined) return;
        read += 1;
        expect(comparable(node)).toEqual(outcome(() => readYaml(text)));
      }),
      RUNS,
    );
    expect(read).toBeGreaterThan((RUNS * FACTOR) / 20);
  },
  TIME_LIMIT,
);

test(
  "a tape read in parts is the tape read as a whole",
  () => {
    let inParts = 0;
    hold(
      fc.property(edited, (text) => {
        const whole = outcome(() => readYaml(text));
        const parts = outcome(() => {
          const { root, outline } = readNodes(text);
          if (outline !== undefined) inParts += 1;
          return root;
        });
        expect(parts).toEqual(whole);
      }),
      RUNS,
    );
    expect(inParts).toBeGreaterThan((RUNS * FACTOR) / 20);
  },
  TIME_LIMIT,
);

/** Where a reader by lines could go wrong. */
const TRAPS: readonly string[] = [
  "a: |\n     \n  x\n",
  "a: |\n  x\n     \n",
  "a: |\n  x\n     \n\n",
  "a: |+\n  x\n     \n",
  "a: |-\n  x\n \t\n",
  "a: |\n  x\n\t\n",
  "a: |\n\tx\n",
  "a: |\n  \tx\n",
  "a: |\n\n\n",
  "a: |",
  "a: |+\n\n",
  "a: |2\n  x\n",
  "a: |1\n  x\n",
  "a: |9\n  x\n",
  "a: |+2\n   x\n",
  "a: |2+\n   x\n\t\n",
  "a: |2\n   x\n \t\nb: 1\n",
  "interactions:\n  - a: |2+\n         x\n\t\n",
  "a: |0\n  x\n",
  "a: |++\n  x\n",
  "a: | #c\n  x\n",
  "a: |#c\n  x\n",
  "a: | c\n  x\n",
  "a:\n  b: |\n   x\n  y\n",
  "a:\n  b: |\n    x\n   y: z\n",
  "- |\n x\n- |2\n   y\n",
  "a:\n- |\n x\n",
  "a:\n- |\nx\n",
  "a: |\n  x\n# c\n  y\n",
  "a: |\n  x\n  # c\n",
  "a: |\r\n  x\r\n\r\n  y\r\n",
  "a: |+\r\n  x\r\n \r\n",
  "a: 1\n... b: 2\n",
  "a: 1\n...\n",
  "a: 1\n... # c\n",
  "a: 1\n---\nb: 2\n",
  "--- a: 1\n",
  "---\na: 1\n",
  "%YAML 1.2\n---\na: 1\n",
  'a: "x\\\\\n  y"\n',
  'a: "x\\\\\\\n  y"\n',
  'a: "x\\\\\n  n"\n',
  'a: "x \\\n    y\\\n  z"\n',
  'a: "x\\\ny"\n',
  'a: "x\\\n  \ty"\n',
  'a: "x\\\n\n  y"\n',
  'a: "x\n  y"\n',
  'a: "x\\\n  # y"\n',
  'a: "\\x4"\n',
  'a: "\\u12"\n',
  'a: "\\/\\ \\_\\N\\L\\P\\e\\0\\U0001F600\\ud83d\\ude00"\n',
  'a: "x" y\n',
  'a: "x"#y\n',
  'a: "x" #y\n',
  'a: "x": y\n',
  '"a": 1\n',
  '"a":1\n',
  "'a''b': 1\n",
  "a: 'b' 'c'\n",
  "a: b'c\n",
  "a: 'b\n  c'\n",
  "a: b\n  c\n",
  "a: b\n c: d\n",
  "a: b #c\n",
  "a: b#c\n",
  "a: #c\n",
  "a : b\n",
  "a: b: c\n",
  "a: b:\n",
  "a:b\n",
  "a: -\n",
  "a: - b\n",
  "a: -b\n",
  "a: ?b\n",
  "a: :b\n",
  "a: ? b\n",
  "? a\n: b\n",
  "a: @b\n",
  "a: `b\n",
  "a: %b\n",
  "a: &b c\n",
  "a: *b\n",
  "a: !b c\n",
  "a: b\tc\n",
  "a:\tb\n",
  "a: b\t\n",
  "a: b\t# c\n",
  "\ta: b\n",
  "a:\n\tb: c\n",
  "a\n",
  "- a\nb: c\n",
  "a: 1\n- b\n",
  "a:\n- b\nc: d\n",
  "a:\n  - b\n - c\n",
  "a:\n - b\n  - c\n",
  "-\n  a: 1\n- - b\n  - c\n",
  "-a\n",
  "- a: 1\n  b: 2\n   c: 3\n",
  "- a: 1\n b: 2\n",
  "-   a: 1\n    b: 2\n",
  "-   a: 1\n  b: 2\n",
  "- # c\n  a: 1\n",
  "- \n  a: 1\n",
  "-\n- a\n",
  "a: {b: c, d: e}\n",
  "a: {b:c, d: e}\n",
  'a: {"b":c, "d": e}\n',
  "a: {b, c: d}\n",
  "a: {b: , c: d}\n",
  "a: {b: c,}\n",
  "a: [b, c,]\n",
  "a: [b,, c]\n",
  "a: [b: c]\n",
  "a: [b c, d]\n",
  "a: [b #c\n  ]\n",
  "a: [b, #c\n  d]\n",
  "a: [b,\n  d]\n",
  "a: [b,\nd]\n",
  "a: [b\n  c]\n",
  "a: [b,\n  ]\n",
  "a: [\n]\n",
  "a: [b] c\n",
  "a: [b]#c\n",
  "a: [b] #c\n",
  "a: [b]: c\n",
  "a: [-1, -, - b]\n",
  "a: [a:b, http://x/y, c:]\n",
  "a: {a: http://x, b: c:}\n",
  "a: [a#b, a #b]\n",
  "a: [a{b]\n",
  "a: {a]\n",
  "a: [a\n",
  "a: [",
  "a: {",
  "a: [b,",
  "a: {b: [c,\n    d], e: {}}\n",
  "a: {b:\n    c}\n",
  "a: {b\n    : c}\n",
  "{a: b}\n",
  "[a]\n",
  "a:\n",
  "a:\n\nb:\n",
  "a:\n  # c\n  b: 1\n",
  "a: ~\nb: null\nc: ''\n",
  " a: 1\n b: 2\n",
  " a: 1\nb: 2\n",
  "a: 1\n b: 2\n",
  "# c",
  "",
  "\n\n",
  "a: \u2028b\n",
  "a: b\u2028# c\n",
  "a: \u0085\n",
  "a: b\u00a0\n",
  `${"k".repeat(1030)}: 1\n`,
  `${"k".repeat(990)}: 1\n`,
  `{ ${"k".repeat(1030)}: 1 }\n`,
  `a: ${"[".repeat(100)}${"]".repeat(100)}\n`,
  "cassette: 1\ninteractions:\n- at: 2\n  x: \n\n# l\n    ead\n",
  "cassette: 1\ninteractions:\n-\n#c\n a1\n  reques {}\n- at: 2\n",
  "cassette: 1\ninteractions:\n  - at: 1\n - at: 2\n",
  "cassette: 1\ninteractions:\n  - at: 1\n   - at: 2\n",
  "cassette: 1\ninteractions:\n  - at: 1\n  b: 2\n",
  "cassette: 1\ninteractions:\n  - at: 1\nb: 2\ninteractions:\n  - at: 2\n",
  "cassette: 1\ninteractions:\n  - a: |\n     x\n\n  # c\n\n  - b: 1\n# d\nz: 1\n",
  'cassette: "\ninteractions:\n  - a: 1\n"\n',
  "cassette: |\n interactions:\n  - a: 1\n",
  "cassette: 1\ninteractions: # c\n  # d\n  - a: 1\n",
  "cassette: 1\ninteractions:\n  b: 1\n",
  "cassette: 1\ninteractions:\n  [a]\n",
  "cassette: 1\ninteractions:\nb: 1\n",
  "cassette: 1\n\ufeffinteractions:\n  - a: 1\n",
  "\ufeffcassette: 1\ninteractions:\n  - a: 1\n",
  "cassette: 1\ninteractions:\n  - a: 1\n---\nb: 1\n",
  "cassette: 1\ninteractions:\n- a: 1\n---\nb: 1\n",
  "cassette: 1\ninteractions:\n  - a: 1\n...\n",
  "cassette: 1\ninteractions:\n  - a: 1\n... x\n",
  "a: [1, -2.5, 0,\n 3]\n",
  "a: [1,\n2]\n",
  "a:\n  b: [1,\n  2]\n",
  "a: [1,\n\n  2]\n",
  "a: [1,\n   \n    2\n  ]\n",
  "- [1,\r\n 2]\r\n",
  "a: [1, 2,]\n",
  "a: [1,, 2]\n",
  "a: [01, .5, 1., -0]\n",
  "a: [1 2]\n",
  "a: [1-2]\n",
  "a: [- 1]\n",
  "a: [-, 1]\n",
  "a: [1] 2\n",
  "a: [1]#c\n",
  "a: [[1], [2,\n 3]]\n",
  "a: {b: [1, 2], c: [3]}\n",
];

test.each(TRAPS.map((text) => [text]))("the readers agree on %j", (text) => {
  const whole = outcome(() => readYaml(text));
  if (!/\r(?!\n)|\ufeff/.test(text)) {
    const own = readOwnForm(text);
    if (own !== undefined) expect(comparable(own)).toEqual(whole);
  }
  expect(outcome(() => readNodes(text).root)).toEqual(whole);
});

test("the quick reader itself reads every tape that this package writes, also with comments and CRLF", () => {
  const commented = WRITTEN.replace("status: 200", "status: 200 # fine").replace(
    "    response:\n",
    "    # c\n    response:   # d\n",
  );
  for (const text of [WRITTEN, commented, commented.replaceAll("\n", "\r\n")]) {
    expect(readOwnForm(text)).toBeDefined();
  }
});

const OPTIONS: ParseTapeOptions = { file: "a.yaml" };

test(
  "whatever stands in a file, reading it gives a tape that is written back the same, or a TapeError",
  () => {
    const anything = fc.oneof(
      edited,
      fc.string({ unit: "binary", maxLength: 200 }),
      fc.json(),
      fc.array(fc.constantFrom(...BITS)).map((bits) => bits.join("")),
    );
    hold(
      fc.property(anything, (text) => {
        try {
          expect(renderTape(parseTape(text, OPTIONS))).toBe(text);
        } catch (error) {
          if (!(error instanceof TapeError)) throw error;
          expect(error.message.length).toBeLessThan(1500);
          expect(error.code).toMatch(/^CASSETTE_TAPE_/);
        }
      }),
      RUNS,
    );
  },
  TIME_LIMIT,
);

test(
  "an entry added to any readable tape leaves the rest unchanged",
  () => {
    const added = interaction(["data: new\n\n"]);
    hold(
      fc.property(edited, fc.nat(), (text, place) => {
        const read = tryParse(text);
        if (read === undefined) return;
        const index = place % (read.interactions.length + 1);
        const interactions = read.interactions.toSpliced(index, 0, added);
        const back = parseTape(renderTape({ ...read, interactions }), OPTIONS);
        expect(back).toEqual({ ...read, interactions });
      }),
      RUNS,
    );
  },
  TIME_LIMIT,
);

function tryParse(text: string): ReturnType<typeof parseTape> | undefined {
  try {
    return parseTape(text, OPTIONS);
  } catch (error) {
    if (error instanceof TapeError) return undefined;
    throw error;
  }
}
