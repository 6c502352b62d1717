import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModules } from "../../scripts/build.ts";

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

test("a test file with a cassette loads no interceptors and no YAML reader", () => {
  expect(loadedBy("index.js").packages).toEqual(["eventsource-parser", "vitest"]);
});

test("the core loads no Vitest", () => {
  expect(loadedBy("core.js").packages).toEqual(["@mswjs/interceptors/http", "eventsource-parser"]);
});
