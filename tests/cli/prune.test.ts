import { existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { LastRun } from "../../src/cli/last-run.ts";
import { createWorkspace, JOKE, type Workspace } from "./command.ts";

const HOUR = 3_600_000;
const FILE = "node_modules/.vite/vitest-cassette/last-run.json";

/** A project after a full run an hour ago that used `cassettes/used.yaml`. */
function projectAfterRun(run: Partial<LastRun> = {}): Workspace {
  const files = {
    "cassettes/used.yaml": JOKE,
    "cassettes/used.failed.yaml": JOKE,
    "cassettes/old/gone.yaml": JOKE,
    "cassettes/old/gone.failed.yaml": JOKE,
    "cassettes/broken.yaml": "cassette: 1\ninteractions: {}\n",
    "cassettes/notes.yaml": "notes: [written by hand]\n",
    "other/kept.yaml": JOKE,
  };
  const workspace = createWorkspace(files);
  for (const file of Object.keys(files)) {
    const before = (Date.now() - 2 * HOUR) / 1000;
    utimesSync(join(workspace.root, file), before, before);
  }
  workspace.write("cassettes/new.yaml", JOKE);
  const last: LastRun = {
    version: 1,
    at: new Date(Date.now() - HOUR).toISOString(),
    full: true,
    root: workspace.root,
    used: ["cassettes/used.yaml"],
    cassetteDirs: ["cassettes"],
    ...run,
  };
  workspace.write(FILE, JSON.stringify(last));
  return workspace;
}

const UNUSED = ["cassettes/broken.yaml", "cassettes/old/gone.failed.yaml", "cassettes/old/gone.yaml"];
const STAY = ["cassettes/used.yaml", "cassettes/used.failed.yaml", "cassettes/notes.yaml"];

test("prune lists what no test used, deletes it with --yes, and leaves no empty folder", async () => {
  using workspace = projectAfterRun();
  const exists = (file: string): boolean => existsSync(join(workspace.root, file));
  const listed = await workspace.run("prune");
  expect(listed).toMatchInlineSnapshot(`
    {
      "code": 0,
      "error": "cassettes/new.yaml stays: it was written after the last full run.
    cassettes/notes.yaml stays: it is not a cassette.
    ",
      "out": "cassettes/broken.yaml  29 B
    cassettes/old/gone.failed.yaml  1.1 KiB
    cassettes/old/gone.yaml  1.1 KiB
    3 cassettes (2.2 KiB) not used by the last full run (1 hour ago).
    To delete: npx vitest-cassette prune --yes
    ",
    }
  `);
  expect(UNUSED.every(exists)).toBe(true);
  expect(JSON.parse((await workspace.run("prune --json")).out)).toMatchObject({
    unused: UNUSED,
    deleted: false,
  });

  const pruned = await workspace.run("prune --yes");
  expect([pruned.code, pruned.out.split("\n").at(-2)]).toEqual([0, "3 cassettes (2.2 KiB) deleted."]);
  expect(UNUSED.filter(exists)).toEqual([]);
  expect(exists("cassettes/old")).toBe(false);
  expect([...STAY, "cassettes/new.yaml", "other/kept.yaml"].filter((file) => !exists(file))).toEqual([]);
  expect((await workspace.run("prune")).out).toBe(
    "Every cassette was used by the last full run (1 hour ago).\n",
  );
});

test("prune needs a full run, of a version that it knows", async () => {
  for (const run of [{ full: false }, { version: 2 as 1 }, { used: [1] as never }, { at: "yesterday" }]) {
    using workspace = projectAfterRun(run);
    const { code, out, error } = await workspace.run("prune --yes");
    expect([code, out]).toEqual([1, ""]);
    expect(error).toBe(
      "error CASSETTE_NO_FULL_RUN: Failed to find unused cassettes: no full run of the tests is known here.\n" +
        "Run all tests with npx vitest run without a filter, .only or --shard, and with no test skipped or failed. Then prune again.\n",
    );
    expect(UNUSED.every((file) => existsSync(join(workspace.root, file)))).toBe(true);
  }
});

test("prune reads the run from the cache folder that the config names", async () => {
  using workspace = projectAfterRun();
  const project = { root: workspace.root, options: {}, cacheDir: join(workspace.root, ".cache") };
  expect((await workspace.run("prune", { projects: [project] })).code).toBe(1);
  workspace.write(".cache/vitest-cassette/last-run.json", workspace.read(FILE));
  expect((await workspace.run("prune", { projects: [project] })).code).toBe(0);
});
