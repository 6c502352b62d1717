import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { BUILT_PACKAGE } from "../support/built-package.ts";
import { createWorkspace, JOKE } from "./command.ts";

const PLUGIN = JSON.stringify(join(BUILT_PACKAGE, "dist/plugin.js"));
const LEAKY = JOKE.replace("stream: true", "passport: P-99-13").replace(
  "dark mode?",
  "dark mode at ACME-4711?",
);

test("dir and redact come from the Vitest config; --no-config ignores it", async () => {
  using workspace = createWorkspace({
    "package.json": '{ "type": "module" }',
    "vitest.config.ts": `import { cassette } from ${PLUGIN};
export default {
  plugins: [cassette({ dir: "tapes", redact: { fields: ["passport"], patterns: [/ACME-\\d+/] } })],
};
`,
    "tapes/leaky.yaml": LEAKY.replaceAll("ACME", "Acme").replace("Acme-4711", "ACME-4711"),
    "cassettes/clean.yaml": JOKE,
  });
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(BUILT_PACKAGE, "dist/bin.js"), "check", "--secrets"],
    { cwd: workspace.root, encoding: "utf8" },
  );
  // On a slow machine, Vite says which of its plugins are slow.
  expect({ status, stderr: stderr.split("\u001B[33m[PLUGIN_TIMINGS]")[0] }).toEqual({
    status: 1,
    stderr: "",
  });
  expect(stdout.split("\n").map((line) => line.replace(/:\d+:\d+ .* in /, " "))).toEqual([
    "tapes/leaky.yaml interactions[0].request.body.passport",
    "tapes/leaky.yaml interactions[0].request.body.messages[0].content",
    "2 cassettes checked: 2 secrets.",
    "To remove them: npx vitest-cassette check --fix",
    "",
  ]);
  const run = (line: string) => workspace.run(line, { readsConfig: true });
  expect((await run("check --secrets --no-config")).out).toBe("1 cassette checked: no problems.\n");
  expect((await run("show leaky")).code).toBe(0);

  workspace.write(
    "vitest.config.ts",
    "export default { plugins: [(() => { throw new Error('broken') })()] };\n",
  );
  const broken = await run("ls");
  expect([broken.code, broken.out]).toEqual([2, ""]);
  expect(broken.error).toContain("Failed to read the Vitest config: broken\nFix it, or pass --no-config.\n");
  expect((await run("ls --no-config")).code).toBe(0);
});
