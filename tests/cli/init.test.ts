import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createWorkspace, type Workspace } from "./command.ts";

const MANIFEST = JSON.stringify({
  type: "module",
  devDependencies: { vitest: "5", "vitest-cassette": "1", openai: "7" },
});

function inGit(files: Readonly<Record<string, string>>): Workspace {
  const workspace = createWorkspace(files);
  mkdirSync(join(workspace.root, ".git"));
  return workspace;
}

test("init prints what it would write, writes with --yes, and then has nothing to do", async () => {
  using workspace = inGit({
    "package.json": MANIFEST,
    "tsconfig.json": "{}",
    "tests/util.ts": "",
    ".gitignore": "dist",
  });
  const planned = await workspace.run("init");
  expect(planned.error).toBe("");
  expect(planned).toMatchSnapshot();
  expect(existsSync(join(workspace.root, "vitest.config.ts"))).toBe(false);

  const written = await workspace.run("init --yes");
  expect([written.code, written.out.includes("\n4 files written.\n")]).toEqual([0, true]);
  expect(workspace.read(".gitignore")).toBe("dist\ncassettes/**/*.failed.yaml\ncassette-report.html\n");
  expect(workspace.read(".gitattributes")).toBe(
    "cassettes/**/*.yaml text eol=lf diff=cassette\ncassettes/**/*.bodies/*.gz binary\n",
  );
  expect(workspace.read("tests/first-cassette.test.ts")).toContain("import OpenAI from 'openai'\n");

  const project = { root: workspace.root, options: {}, cacheDir: workspace.root };
  const again = await workspace.run("init --yes", { projects: [project] });
  expect(again.out).toMatch(/^The files are set up\.\n/);
  expect(again.out).not.toContain("RECORD=1");
});

test("init asks at a terminal, and writes only after a yes", async () => {
  using workspace = createWorkspace({ "package.json": MANIFEST });
  for (const answer of ["", "n", "no", "yup"]) {
    const { out } = await workspace.run("init", { isTerminal: true, answer });
    expect(out).toContain("Write these 2 files? [y/N] ");
    expect(out).toContain("Nothing was written.");
    expect(existsSync(join(workspace.root, "vitest.config.js"))).toBe(false);
  }
  expect((await workspace.run("init", { isTerminal: true, answer: "Y" })).out).toContain("2 files written.");
  expect(existsSync(join(workspace.root, "vitest.config.js"))).toBe(true);
});

test("init edits a config that it understands, and checks that Vitest sees the plugin", async () => {
  const config =
    "import { defineConfig } from 'vitest/config'\n\nexport default defineConfig({\n  test: {},\n})\n";
  for (const [projects, note] of [
    [[{ root: "/", options: {}, cacheDir: "/" }], undefined],
    [[], "- Check vite.config.mts: Vitest does not see the plugin there."],
  ] as const) {
    using workspace = createWorkspace({ "package.json": MANIFEST, "vite.config.mts": config });
    const { out } = await workspace.run("init --yes", { projects });
    expect(workspace.read("vite.config.mts")).toContain("  plugins: [cassette()],\n");
    if (note === undefined) expect(out).not.toContain("Check vite");
    else expect(out).toContain(note);
  }
});

test("init leaves a config that it does not understand, and says what to add", async () => {
  const config = "export default defineConfig(() => ({ test: {} }))\n";
  using workspace = createWorkspace({ "package.json": MANIFEST, "vitest.config.js": config });
  const { out } = await workspace.run("init --yes");
  expect(workspace.read("vitest.config.js")).toBe(config);
  expect(out).toContain(
    "  - Add the plugin to vitest.config.js, which stays as it is (it is not one plain object):\n" +
      "      import { cassette } from 'vitest-cassette/plugin'\n" +
      "      plugins: [cassette()]\n",
  );
});

test("init knows the package manager, what is missing, the folder of cassettes and the way from the repository", async () => {
  using workspace = inGit({
    "pnpm-lock.yaml": "",
    "packages/api/package.json": JSON.stringify({ dependencies: { "@anthropic-ai/sdk": "1" } }),
    "packages/api/vitest.config.ts":
      "import { cassette } from 'vitest-cassette/plugin'\nexport default { plugins: [cassette({ dir: 'tapes' })] }\n",
    "packages/api/.gitattributes": "tapes/**/*.yaml text eol=lf",
  });
  const directory = join(workspace.root, "packages/api");
  const projects = [{ root: directory, options: { dir: "tapes" }, cacheDir: directory }];
  const { out } = await workspace.run("init --yes", { directory, projects });
  expect(out).toContain("- Install: pnpm add --save-dev vitest vitest-cassette\n");
  expect(out).toContain(
    'git config diff.cassette.textconv "packages/api/node_modules/.bin/vitest-cassette textconv"',
  );
  expect(out).toContain("ANTHROPIC_API_KEY=... RECORD=1 npx vitest run first-cassette.test.js");
  expect(workspace.read("packages/api/.gitattributes")).toBe(
    "tapes/**/*.yaml text eol=lf\ntapes/**/*.yaml diff=cassette\ntapes/**/*.bodies/*.gz binary\n",
  );
  expect(workspace.read("packages/api/.gitignore")).toContain("tapes/**/*.failed.yaml\n");
});

test("init needs a package", async () => {
  using workspace = createWorkspace();
  expect(await workspace.run("init")).toMatchObject({
    code: 2,
    error:
      "error CASSETTE_USAGE: Failed to set up cassettes: there is no package.json here.\n" +
      "Run this in the folder of a package (npm init makes one).\n",
  });
  workspace.write("package.json", "{");
  expect((await workspace.run("init")).error).toContain("package.json is not valid JSON");
});
