import fc from "fast-check";
import { expect, test } from "vitest";
import { type ParseTapeOptions, parseTape, renderTape, TapeError } from "../../src/format/index.ts";
import type { TapeNode } from "../../src/format/node.ts";
import { readOwnForm } from "../../src/format/own-reader.ts";
import { readNodes } from "../../src/format/read-nodes.ts";
import { readYaml, YamlError } from "../../src/format/yaml-reader.ts";
import { interaction, tape } from "./tape-samples.ts";

/** A fuzzer with a fixed seed: more of it with FUZZ_RUNS, other cases with FUZZ_SEED. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1500);
const SEED = Number(process.env.FUZZ_SEED ?? 20261120);
const CONFIG = { numRuns: RUNS, seed: SEED };
const TIME_LIMIT = 20_000 + RUNS * 20;

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
    fc.assert(
      fc.property(edited, (text) => {
        if (/\r(?!\n)|\ufeff/.test(text)) return;
        const node = readOwnForm(text, 0, text.length);
        if (node === undefined) return;
        read += 1;
        expect(comparable(node)).toEqual(outcome(() => readYaml(text)));
      }),
      CONFIG,
    );
    expect(read).toBeGreaterThan(RUNS / 20);
  },
  TIME_LIMIT,
);

test(
  "a tape read in parts is the tape read as a whole",
  () => {
    let inParts = 0;
    fc.assert(
      fc.property(edited, (text) => {
        const whole = outcome(() => readYaml(text));
        const parts = outcome(() => {
          const { root, outline } = readNodes(text);
          if (outline !== undefined) inParts += 1;
          return root;
        });
        expect(parts).toEqual(whole);
      }),
      CONFIG,
    );
    expect(inParts).toBeGreaterThan(RUNS / 20);
  },
  TIME_LIMIT,
);

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
    fc.assert(
      fc.property(anything, (text) => {
        try {
          expect(renderTape(parseTape(text, OPTIONS))).toBe(text);
        } catch (error) {
          if (!(error instanceof TapeError)) throw error;
          expect(error.message.length).toBeLessThan(1500);
          expect(error.code).toMatch(/^CASSETTE_TAPE_/);
        }
      }),
      CONFIG,
    );
  },
  TIME_LIMIT,
);

test(
  "an entry added to any readable tape leaves what was there",
  () => {
    const added = interaction(["data: new\n\n"]);
    fc.assert(
      fc.property(edited, fc.nat(), (text, place) => {
        const read = tryParse(text);
        if (read === undefined) return;
        const index = place % (read.interactions.length + 1);
        const interactions = read.interactions.toSpliced(index, 0, added);
        const back = parseTape(renderTape({ ...read, interactions }), OPTIONS);
        expect(back).toEqual({ ...read, interactions });
      }),
      CONFIG,
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
