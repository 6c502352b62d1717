import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseTape, renderTape } from "../../src/format/index.ts";
import { profiles } from "../../src/providers/registry.ts";
import { createRedactor } from "../../src/redaction/redactor.ts";

const repository = join(import.meta.dirname, "../..");
const cassettes = join(repository, "cassettes/demo");
const tapes = readdirSync(cassettes, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".yaml"),
);

test("the demo's tests replay the cassettes of this repository without a provider", async () => {
  const child = spawn(
    process.execPath,
    [
      join(repository, "node_modules/vitest/vitest.mjs"),
      "run",
      "--config",
      join(repository, "demo/vitest.config.ts"),
    ],
    {
      cwd: repository,
      env: { ...process.env, NO_COLOR: "1", RECORD: "", OPENAI_API_KEY: "", VITEST: undefined },
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      output += String(data);
    });
  }
  await new Promise((resolve) => child.once("close", resolve));
  expect(output).toContain("Tests  3 passed (3)");
});

test.for(tapes)("%s is written back unchanged and contains no secret", (name) => {
  const text = readFileSync(join(cassettes, name), "utf8");
  const tape = parseTape(text, { file: name });
  expect(renderTape(tape)).toBe(text);
  // Copies have no source text, so they are rendered from scratch.
  expect(
    renderTape({ ...tape, interactions: tape.interactions.map((each) => ({ ...each })) }).length,
  ).toBeGreaterThan(500);
  expect(createRedactor({}, { env: {}, profiles }).scan(text)).toEqual([]);
});
