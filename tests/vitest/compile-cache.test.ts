import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createProject, type RunOptions } from "../support/run-vitest.ts";

const own = mkdtempSync(join(tmpdir(), "vitest-cassette-compiled-"));
afterAll(() => rmSync(own, { recursive: true, force: true }));

const files = {
  "a.test.ts": `
import { writeFileSync } from "node:fs";
import module from "node:module";
import { test } from "vitest";
test("looks", () => writeFileSync("folder.json", JSON.stringify(module.getCompileCacheDir() ?? null)));
`,
};

/** Returns the folder in which Node keeps what it compiles for a worker. */
async function folderOf(project: ReturnType<typeof createProject>, options: RunOptions): Promise<unknown> {
  const env = { NODE_COMPILE_CACHE: undefined, ...options.env };
  const run = await project.run({ ...options, env });
  expect(run.tests).toEqual({ looks: "passed" });
  return JSON.parse(project.read("folder.json"));
}

test.each(["forks", "threads"])(
  "workers keep what they compile next to what Vite keeps: %s",
  async (pool) => {
    using project = createProject({ files });
    const folder = await folderOf(project, { args: [`--pool=${pool}`] });
    expect(folder).toContain(join(project.root, "node_modules/.vite"));
    expect(readdirSync(String(folder)).length).toBeGreaterThan(10);
  },
);

test("a folder of the user's own wins, and nothing is kept if the user turned that off or measures coverage", async () => {
  using project = createProject({ files });
  expect(await folderOf(project, { env: { NODE_COMPILE_CACHE: own } })).toContain(own);
  expect(await folderOf(project, { env: { NODE_DISABLE_COMPILE_CACHE: "1" } })).toBeNull();
  expect(await folderOf(project, { env: { NODE_V8_COVERAGE: join(project.root, "coverage") } })).toBeNull();
  const kept = readdirSync(project.root, { recursive: true, encoding: "utf8" });
  expect(kept.filter((each) => each.endsWith("compiled"))).toEqual([]);
});
