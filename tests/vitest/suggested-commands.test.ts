import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { createProject, messagesOf } from "../support/run-vitest.ts";

const app = `
import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";
export default defineConfig({ plugins: [cassette()], test: { name: "NAME" } });
`;

const asks = `
import { test, describe } from "vitest";
import { useCassette } from "vitest-cassette";
const ask = () => fetch("https://api.example.com/v1/x", { method: "POST", body: "hello" });
describe("it's", () => {
  test("asks", async () => { useCassette(); await ask(); });
  test("asks too", async () => { useCassette(); await ask(); });
});
test("is cut", async () => { useCassette("shared", { chunks: "bytes" }); await ask(); });
`;

const tape = `cassette: 1
interactions:
  - test: tests/x.test.ts › it's › asks
    request: { method: POST, url: https://api.example.com/v1/x, body: bye }
    response: { status: 200, body: "{}" }
`;

test("in a workspace, the command runs from where Vitest was started, in the project of the test", async () => {
  using project = createProject({
    files: {
      "vitest.config.ts": `export default { test: { projects: ["packages/*"] } };`,
      "packages/a/vitest.config.ts": app.replace("NAME", "app a"),
      "packages/a/tests/x.test.ts": asks,
      "packages/a/cassettes/shared.yaml": tape,
      "packages/b/vitest.config.ts": app.replace("NAME", "app b"),
      "packages/b/tests/x.test.ts": "import { test } from 'vitest'; test('asks', () => {});",
    },
  });
  const { failures, output } = await project.run();
  const messages = messagesOf(failures);
  const commandOf = (name: string): string =>
    messages[name]?.[0]?.match(/RECORD=1 (npx vitest run .*)/)?.[1] ?? output;
  const command = commandOf("it's asks");
  expect(command).toBe(
    "npx vitest run packages/a/tests/x.test.ts -t '^it'\\''s( >)? asks$' --project 'app a'",
  );
  // A cassette with `chunks` never records: the command is that of the test that does.
  expect(commandOf("is cut")).toBe(
    "npx vitest run packages/a/tests/x.test.ts -t '^it'\\''s( [>›])? asks$' --project 'app a'",
  );

  // The shell splits the command as it would for a person.
  const script = command.replace("npx vitest run", "printf '%s\\n'");
  const args = execFileSync("sh", ["-c", script], { encoding: "utf8" }).trimEnd().split("\n");
  const again = await project.run({ args });
  const ran = Object.entries(again.tests).filter(([, state]) => state !== "pending" && state !== "skipped");
  // Not "it's asks too", which would be recorded again, and paid again.
  expect(ran.map(([name]) => name)).toEqual(["it's asks"]);
});
