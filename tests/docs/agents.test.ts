import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { blocksOf, readPage, repository } from "./pages.ts";
import { runExample } from "./run-example.ts";

afterEach(() => vi.unstubAllEnvs());

// `npm run test:mastra` runs the examples of its page: the package is large.
const recipes = readdirSync(join(repository, "docs/recipes")).filter((name) => name !== "mastra.md");

describe.for(["docs/agents.md", ...recipes.map((name) => `docs/recipes/${name}`)])("%s", (page) => {
  const examples = blocksOf(readPage(page), "ts");

  test.for(examples)(
    "the example in line $line records, and plays without a provider",
    { timeout: 30_000 },
    ({ code }) => runExample(code),
  );

  test("has no example that does not run", () => {
    expect(blocksOf(readPage(page)).filter(({ language }) => language !== "ts")).toEqual([]);
    expect(examples.length).toBeGreaterThan(0);
  });
});
