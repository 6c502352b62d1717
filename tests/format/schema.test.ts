import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { parseTape, renderTape, SCHEMA_URL, TapeError } from "../../src/format/index.ts";
import { ENTRY_FIELDS, ERROR_FIELDS } from "../../src/format/read-entry.ts";
import { TAPE_KEYS, TAPE_VERSIONS } from "../../src/format/read-head.ts";
import { REQUEST_KEYS, RESPONSE_KEYS } from "../../src/format/read-interaction.ts";
import { PART_KEYS } from "../../src/format/read-io.ts";
import { hold } from "../support/hold.ts";
import { interaction, tape } from "./tape-samples.ts";

interface Schema {
  readonly $id: string;
  readonly properties: Readonly<Record<string, { readonly enum?: readonly unknown[] }>>;
  readonly definitions: Readonly<
    Record<string, { readonly properties: object; readonly description?: string }>
  >;
}

const schema = JSON.parse(
  readFileSync(new URL("../../schema/cassette-v1.json", import.meta.url), "utf8"),
) as Schema;
const valid = new Ajv({
  strict: true,
  allowUnionTypes: true,
  strictTypes: false,
  strictRequired: false,
}).compile(schema);

test("the schema is the one that tapes name, and knows the fields that the reader knows", () => {
  expect(schema.$id).toBe(SCHEMA_URL);
  expect(Object.keys(schema.properties).sort()).toEqual([...TAPE_KEYS].sort());
  expect(schema.properties.cassette?.enum).toEqual(TAPE_VERSIONS);
  const fields = (name: string): string[] => Object.keys(schema.definitions[name]?.properties ?? {}).sort();
  const { request, ...entries } = ENTRY_FIELDS;
  for (const [kind, known] of Object.entries({ ...entries, interaction: request, thrown: ERROR_FIELDS })) {
    expect(fields(kind)).toEqual(Object.keys(known).sort());
  }
  expect(fields("io")).toEqual([...PART_KEYS].sort());
  expect(fields("request")).toEqual([...REQUEST_KEYS].sort());
  expect(fields("response")).toEqual([...RESPONSE_KEYS].sort());
});

test("every field is described, for editors to show", () => {
  const undescribed: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== "object" || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === "properties") {
        for (const [field, definition] of Object.entries(value as object)) {
          const { $ref, description } = definition as { $ref?: string; description?: string };
          const target = $ref && schema.definitions[$ref.replace("#/definitions/", "")];
          if (description === undefined && (target ? target.description : undefined) === undefined)
            undescribed.push(`${path}.${field}`);
        }
      }
      walk(value, `${path}.${key}`);
    }
  };
  walk(schema, "");
  expect(undescribed).toEqual([]);
});

/** A tape as an editor sees it. */
const asYaml = (text: string): unknown => parseYaml(text, { uniqueKeys: true, logLevel: "error" });

function accepts(text: string): boolean {
  try {
    parseTape(text, { file: "a.yaml" });
    return true;
  } catch (error) {
    if (error instanceof TapeError) return false;
    throw error;
  }
}

test("recorded tapes are valid", () => {
  const recorded = tape(
    interaction(["data: a\n\n", "data: b\n\n"], { timing: { headers: 1, chunks: [2, 3.5] } }),
    interaction(["da", "ta: a\r\n\r\n"], {
      end: "reset",
      error: { code: "ECONNRESET", message: "read ECONNRESET" },
    }),
    interaction([Uint8Array.of(1, 2, 255)], { status: 0, statusText: "", decoded: true }, Uint8Array.of(255)),
    interaction(
      [],
      {
        status: 418,
        statusText: "Teapot",
        headers: [
          ["a", "1"],
          ["b", "true"],
          ["a", "null"],
        ],
      },
      null,
    ),
    { ...interaction(["12"]), test: "tells a joke" },
  );
  const text = renderTape({ ...recorded, frozen: { time: "2026-11-20T07:00:00.000Z", seed: 12 } });
  valid(asYaml(text));
  expect(valid.errors).toBeNull();
});

const scalars = [
  "1",
  "-1",
  "0",
  "0.5",
  "200",
  "1e20",
  "true",
  "~",
  '""',
  "text",
  '"200"',
  "complete",
  "base64",
  "crlf",
  "POST",
  "http://x/y",
  "2026-11-20T07:00:00.000Z",
  "[]",
  "{}",
  "[1]",
  "[2, 1]",
  "{ a: b }",
  '{ a: "b\\nc" }',
  "[{ a: b }, { a: c }]",
  "{ code: x }",
  "{ at: x }",
  "YQ==",
];
/** What usually stands there: of arbitrary values alone hardly a tape would be accepted. */
const BODY_FILE = `{ name: a.bodies/0123456789abcdef.gz, bytes: 3, sha256: "${"0123456789abcdef".repeat(4)}" }`;
const USUAL: Readonly<Record<string, readonly string[]>> = {
  at: ["0", "12.5", "~"],
  test: ["a test", "12"],
  recorded: ["{ at: 2026-11-20T07:00:00Z }", "{ at: 2026-11-20T07:00:00Z, with: x }", "~"],
  frozen: ["{ time: 2026-11-20T07:00:00Z, seed: 1 }", "{ time: 2026-11-20T07:00:00Z }"],
  method: ["POST"],
  url: ["http://x/y"],
  status: ["200", "0", "99", "404"],
  trailers: ["{ grpc-status: '0' }", "{ a: [b, 2] }", "[{ a: b }]", "{ a: { b: c } }", "~"],
  transport: ["{ date: a }", "{ via: [b, 2] }", "[{ a: b }]", "{ a: { b: c } }", "~"],
  headers: ["{ a: b }", "{ a: 1, b: [c, 2] }", "[{ a: b }, { a: c }]", "{ a: { b: c } }", "~"],
  end: ["reset", "truncated"],
  error: ["{ code: x, message: y }", "{ message: 5 }", "{ kind: x }"],
  decoded: ["true", "false"],
  timing: ["{ headers: 1, chunks: [2, 2] }", "{ chunks: [] }", "{ headers: x }", "{}"],
  cuts: ["[1, 2]", "[]", "[0.5]"],
  bodyFile: [
    BODY_FILE,
    BODY_FILE.replace("bytes: 3", "bytes: -1"),
    BODY_FILE.replace("a.bodies", "../a.bodies"),
    BODY_FILE.replace("0123456789abcdef.gz", "0123.gz"),
    "{ bytes: 3 }",
    "~",
  ],
  eol: ["crlf", "cr", "~"],
  encoding: ["base64", "~"],
  body: ["text", "YQ==", "{ a: [1, true, ~] }", "12", '""'],
};
const valueFor = (key: string): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...(USUAL[key] ?? scalars)) },
    fc.constantFrom(...scalars),
  );
const some = (keys: readonly string[]): fc.Arbitrary<string[]> =>
  fc
    .subarray([...keys, ...(keys.length > 2 ? ["unknown"] : [])], { maxLength: Math.min(4, keys.length) })
    .chain((chosen) => fc.tuple(...chosen.map((key) => valueFor(key).map((text) => `${key}: ${text}`))));

const anyTape = fc
  .record({
    head: some(TAPE_KEYS.slice(1)),
    entry: some(["at", "test"]),
    request: some(REQUEST_KEYS),
    response: some(RESPONSE_KEYS),
  })
  .map(
    ({ head, entry, request, response }) =>
      `cassette: 1\n${head
        .filter((line) => !line.startsWith("interactions"))
        .map((line) => `${line}\n`)
        .join(
          "",
        )}interactions:\n  - {${[...entry, `request: { ${request.join(", ")} }`, `response: { ${response.join(", ")} }`].join(", ")}}\n`,
  );

/** What a schema of this kind cannot say: sums, orders, base64, what two fields mean together. */
function beyondSchema(text: string): boolean {
  try {
    parseTape(text, { file: "a.yaml" });
    return false;
  } catch (error) {
    return /runs? backwards|is before|is after the first|not base64|has to be text|eol does not apply|no value|not both|do not add up|2026-.*instant/.test(
      (error as Error).message,
    );
  }
}

test("the schema and the reader accept the same tapes", () => {
  let accepted = 0;
  const likely = fc
    .tuple(
      fc.constantFrom("POST", '""', "1"),
      fc.constantFrom("http://x/y", "text"),
      some(RESPONSE_KEYS),
      some(["at", "test"]),
    )
    .map(
      ([method, url, response, entry]) =>
        `cassette: 1\ninteractions:\n  - {${[...entry, `request: { method: ${method}, url: ${url} }`, `response: { ${response.join(", ")} }`].join(", ")}}\n`,
    );
  hold(
    fc.property(fc.oneof(anyTape, likely), (text) => {
      const read = accepts(text);
      if (read) accepted += 1;
      const ok = valid(asYaml(text)) as boolean;
      if (!read && ok) expect(beyondSchema(text), text).toBe(true);
      else expect(ok, `${text}${JSON.stringify(valid.errors)}`).toBe(read);
    }),
    1500,
  );
  expect(accepted).toBeGreaterThan(50);
});
