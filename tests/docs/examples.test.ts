import { cpSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runVitest } from "../support/run-vitest.ts";
import { repository } from "./pages.ts";

const examples = readdirSync(join(repository, "examples"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test("the examples play their cassettes, without a key and a network", async () => {
  expect(examples).toHaveLength(3);
  const root = mkdtempSync(join(repository, "tests/.projects/examples-"));
  try {
    cpSync(join(repository, "examples"), root, { recursive: true });
    // As projects of one run, because each run takes its time.
    writeFileSync(
      join(root, "vitest.config.ts"),
      'export default { test: { projects: ["*/vitest.config.ts"] } }',
    );
    const { failures, output, status, tests } = await runVitest(root);
    expect(failures, output).toEqual({});
    expect(status, output).toBe(0);
    expect(Object.keys(tests)).toHaveLength(17);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
