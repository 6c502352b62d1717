import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { BUILT_PACKAGE } from "../support/built-package.ts";

const run = promisify(execFile);
/** It is outside the repository, so that it does not find the Vitest of it. */
const project = mkdtempSync(join(tmpdir(), "vitest-cassette-oldest-"));
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^(VITEST|RECORD|CASSETTE|CI$|npm_|NODE_ENV)/.test(name)),
);

/** The oldest one that package.json allows. */
const OLDEST = "vitest@4.1.0";

const files: Readonly<Record<string, string>> = {
  "package.json": JSON.stringify({ type: "module", private: true }),
  "vitest.config.js": `
import { cassette } from "vitest-cassette/plugin";
export default { plugins: [cassette({ dir: "tapes" })] };
`,
  "a.test.js": `
import { expect } from "vitest";
import { test } from "vitest-cassette";
const ask = async () => (await fetch("https://api.example.com/v1", { method: "POST", body: "hello" })).text();
test("replays", async ({ cassette }) => {
  expect(await ask()).toBe("data: hi\\n\\n");
  expect(cassette).toHaveEnded("complete");
});
test("misses", ({ cassette: _ }) => ask());
`,
  "tapes/a/replays.yaml": `cassette: 1
interactions:
  - request: { method: POST, url: https://api.example.com/v1, body: hello }
    response:
      headers: { content-type: text/event-stream }
      body: |+
        data: hi

`,
};

beforeAll(async () => {
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(project, file)), { recursive: true });
    writeFileSync(join(project, file), text);
  }
  const options = ["--install-links", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"];
  await run("npm", ["install", ...options, OLDEST, BUILT_PACKAGE], { cwd: project, env });
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

async function outputOf(script: string, ...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(process.execPath, [join(project, "node_modules", script), ...args], {
    cwd: project,
    env: { ...env, NO_COLOR: "1" },
  }).catch((error: { stdout: string; stderr: string }) => error);
  return stdout + stderr;
}

test("the oldest Vitest runs the plugin, the matchers and the summary", async () => {
  const output = await outputOf("vitest/vitest.mjs", "run");
  expect(output).toContain("Tests  1 failed | 1 passed (2)");
  expect(output).toContain(
    "CassetteMissError: Failed to play POST https://api.example.com/v1: there is no cassette yet.",
  );
  expect(output).toContain("Cassettes  1 played");
});

test("the command reads the config of the oldest Vitest", async () => {
  expect(await outputOf("vitest-cassette/dist/bin.js", "check")).toBe("1 cassette checked: no problems.\n");
});
