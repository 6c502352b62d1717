import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
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

test.each(examples)("%s installs each package that it imports, and this version of ours", (name) => {
  const folder = join(repository, "examples", name);
  const read = (file: string): string => readFileSync(file, "utf8");
  const { dependencies, devDependencies } = JSON.parse(read(join(folder, "package.json")));
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) =>
    /^(?!node_modules).*\.ts$/.test(file),
  );
  const imported = sources.flatMap((file) =>
    [...read(join(folder, file)).matchAll(/ from '([^.'][^']*)'/g)].map(
      ([, module = ""]) => /^(?:@[^/]+\/)?[^/]+/.exec(module)?.[0],
    ),
  );
  const installed: Readonly<Record<string, string>> = { ...dependencies, ...devDependencies };
  expect([...new Set(imported)].sort()).toEqual(Object.keys(installed).sort());
  const { version } = JSON.parse(read(join(repository, "package.json")));
  expect(installed["vitest-cassette"]).toBe(`^${version}`);
});
