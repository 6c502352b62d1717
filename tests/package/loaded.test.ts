import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModules, parts } from "../../scripts/build.ts";
import * as matchers from "../../src/vitest/matchers/all-matchers.ts";

const repository = join(import.meta.dirname, "../..");
const project = mkdtempSync(join(tmpdir(), "vitest-cassette-loaded-"));
const installed = join(project, "node_modules/vitest-cassette");
const dist = join(installed, "dist");

beforeAll(async () => {
  mkdirSync(installed, { recursive: true });
  cpSync(join(repository, "package.json"), join(installed, "package.json"));
  for (const name of ["@mswjs", "eventsource-parser", "yaml"])
    symlinkSync(join(repository, "node_modules", name), join(project, "node_modules", name));
  await buildModules(dist);
});
afterAll(() => rmSync(project, { recursive: true, force: true }));

/** The packages that an entry loads when it is imported, and its own modules. */
function loadedBy(entry: string): {
  readonly modules: readonly string[];
  readonly packages: readonly string[];
} {
  const modules = new Set([entry]);
  const packages = new Set<string>();
  for (const module of modules) {
    const code = readFileSync(join(dist, module), "utf8");
    for (const [, name = ""] of code.matchAll(/^(?:import|export)\b[^"'\n]*["']([^"']+)["']/gm)) {
      if (name.startsWith("./")) modules.add(name.slice(2));
      else if (!name.startsWith("node:")) packages.add(name);
    }
  }
  return { modules: [...modules], packages: [...packages].toSorted() };
}

test("a test file without a cassette loads Vitest and three modules", () => {
  expect(loadedBy("setup.js")).toEqual({
    modules: ["setup.js", "hooks.js", "shared.js"],
    packages: ["vitest"],
  });
});

test("a test file with a cassette loads two modules more, and no part of the rest", () => {
  expect(loadedBy("index.js")).toEqual({
    modules: ["index.js", "shared.js", "hooks.js", "engine.js"],
    packages: ["vitest"],
  });
});

test("no part loads another one", () => {
  for (const part of Object.keys(parts)) {
    const others = loadedBy(`${part}.js`).modules.filter((module) => `${part}.js` !== module);
    expect(["common.js", "engine.js", "hooks.js", "shared.js"]).toEqual(expect.arrayContaining(others));
  }
});

test("the core loads no Vitest, and no part", () => {
  expect(loadedBy("core.js")).toEqual({
    modules: ["core.js", "shared.js", "engine.js"],
    packages: [],
  });
});

test("importing the matchers loads none of them", () => {
  expect(loadedBy("matchers.js")).toEqual({ modules: ["matchers.js", "shared.js"], packages: [] });
});

test("the core that is required, and that a bundler gets, loads every part at once and waits for nothing", () => {
  const { modules, packages } = loadedBy("core-now.js");
  const withoutMatchers = Object.keys(parts).filter((part) => part !== "assertions");
  expect(modules).toEqual(expect.arrayContaining(withoutMatchers.map((part) => `${part}.js`)));
  expect(packages).toEqual(["@mswjs/interceptors/http", "eventsource-parser"]);
  for (const module of modules) expect(readFileSync(join(dist, module), "utf8")).not.toMatch(/^await /m);
});

test("the core is the same if it is imported and if it is required", () => {
  const script = join(project, "both.mjs");
  writeFileSync(
    script,
    `import { createRequire } from "node:module";
    import * as imported from "vitest-cassette/core";
    const required = createRequire(import.meta.url)("vitest-cassette/core");
    const same = Object.keys(imported).filter((name) => imported[name] === required[name]);
    console.log(JSON.stringify([same, Object.keys(required)]));`,
  );
  const [same, all] = JSON.parse(execFileSync(process.execPath, [script], { encoding: "utf8" }));
  expect(same).toEqual(all);
  expect(all).toContain("withCassette");
});

test("code that can load nothing later loads every part at once", () => {
  const all = [...loadedBy("load-now.js").modules, ...loadedBy("load-matchers-now.js").modules];
  expect(all).toEqual(expect.arrayContaining(Object.keys(parts).map((part) => `${part}.js`)));
});

test("modules are ASCII, which Node reads faster", () => {
  for (const module of loadedBy("index.js").modules)
    expect(readFileSync(join(dist, module), "utf8")).toMatch(/^[\0-\x7f]+$/);
});

test("every matcher is registered without being loaded", () => {
  const code = readFileSync(join(dist, "index.js"), "utf8");
  const registered = Object.keys(matchers).filter((name) => code.includes(`function ${name}(...`));
  expect(registered).toEqual(Object.keys(matchers));
});
