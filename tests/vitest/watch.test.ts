import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createProject } from "../support/run-vitest.ts";

const repository = join(import.meta.dirname, "../..");

test("an edited tape runs its test again in watch mode", { timeout: 60_000 }, async () => {
  const tape = (answer: string): string =>
    `cassette: 1\ninteractions:\n  - request: { method: GET, url: https://example.com/answer }\n    response: { body: ${answer} }\n`;
  using project = createProject({
    files: {
      "cassettes/a/asks.yaml": tape("forty-one"),
      "a.test.ts": `
import { expect, test } from "vitest";
import { useCassette } from "vitest-cassette";
test("asks", async () => {
  useCassette();
  console.log("answer:", await (await fetch("https://example.com/answer")).text());
});`,
      "b.test.ts": `import { test } from "vitest"; test("other", () => { console.log("b ran"); });`,
    },
  });
  const child = spawn(
    process.execPath,
    [join(repository, "node_modules/vitest/vitest.mjs"), "watch", "--root", project.root],
    {
      env: { ...process.env, CI: "", NO_COLOR: "1", RECORD: "", VITEST: undefined },
      stdio: ["pipe", "pipe", "pipe"],
    },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += String(data)));
  try {
    await expect.poll(() => output, { timeout: 20_000 }).toContain("Waiting for file changes");
    expect(output).toContain("answer: forty-one");
    expect(output).toContain("b ran");
    output = "";
    project.write("cassettes/a/asks.yaml", tape("forty-two"));
    await expect.poll(() => output, { timeout: 20_000 }).toContain("answer: forty-two");
    expect(output).not.toContain("b ran");
  } finally {
    child.kill();
  }
});
