/** Runs the examples of docs/recipes/mastra.md on Mastra's package, which this folder installs: `npm run test:mastra`. */
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { afterEach, test, vi } from "vitest";
import { blocksOf, readPage } from "../../docs/pages.ts";
import { runExample } from "../../docs/run-example.ts";

afterEach(() => vi.unstubAllEnvs());

const { resolve } = createRequire(import.meta.url);

test.for(blocksOf(readPage("docs/recipes/mastra.md"), "ts"))(
  "the example in line $line records, and plays without a provider",
  ({ code }) => runExample(code, (name) => import(pathToFileURL(resolve(name)).href)),
);
