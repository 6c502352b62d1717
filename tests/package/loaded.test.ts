import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModules, parts } from "../../scripts/build.ts";
import * as matchers from "../../src/vitest/matchers/all-matchers.ts";

const dist = mkdtempSync(join(tmpdir(), "vitest-cassette-dist-"));

beforeAll(() => buildModules(dist));
afterAll(() => rmSync(dist, { recursive: true, force: true }));

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
    modules: ["index.js", "shared.js", "hooks.js", "engine.js", "web-api2.js"],
    packages: ["vitest"],
  });
});

test("no part loads another one", () => {
  for (const part of Object.keys(parts)) {
    const others = loadedBy(`${part}.js`).modules.filter((module) => `${part}.js` !== module);
    expect(["common.js", "engine.js", "hooks.js", "shared.js", "web-api2.js"]).toEqual(
      expect.arrayContaining(others),
    );
  }
});

test("the core loads no Vitest", () => {
  expect(loadedBy("core.js").packages).toEqual(["@mswjs/interceptors/http", "eventsource-parser"]);
});

test("code that can load nothing later loads every part at once", () => {
  const all = [...loadedBy("load-now.js").modules, ...loadedBy("load-matchers-now.js").modules];
  expect(all).toEqual(expect.arrayContaining(Object.keys(parts).map((part) => `${part}.js`)));
});

test("every matcher is registered without being loaded", () => {
  const code = readFileSync(join(dist, "index.js"), "utf8");
  const registered = Object.keys(matchers).filter((name) => code.includes(`function ${name}(...`));
  expect(registered).toEqual(Object.keys(matchers));
});
