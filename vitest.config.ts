import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

const resolve = {
  alias: [
    { find: /^vitest-cassette\/(matchers|plugin|core|reporter|msw|live)$/, replacement: source("$1.ts") },
    { find: /^vitest-cassette$/, replacement: source("index.ts") },
  ],
};

const shared = {
  exclude: ["tests/.projects/**", "tests/fixtures/**", "**/node_modules/**"],
  // Each test says what a run is to do. The machine does not.
  env: { CI: "", RECORD: "", RECORD_ON_CI: "", CASSETTE_MODE: "" },
  testTimeout: 60_000,
  hookTimeout: 60_000,
};

/** These test functions and change no globals, so they need no process of their own. */
const pure = [
  "cassette",
  "compare",
  "diagnosis",
  "events",
  "format",
  "http",
  "importers",
  "live",
  "matching",
  "options",
  "page",
  "providers",
  "redaction",
  "streams",
].map((folder) => `tests/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // On two cores: many tests wait for times, or for processes that they have started.
    maxWorkers: 3,
    reporters: ["default", "./scripts/count-reporter.ts"],
    projects: [
      { resolve, test: { ...shared, name: "functions", include: pure, isolate: false } },
      {
        resolve,
        test: {
          ...shared,
          name: "package",
          include: ["tests/**/*.test.ts"],
          exclude: [...shared.exclude, ...pure],
          globalSetup: ["tests/support/build-package.ts"],
        },
      },
    ],
  },
});
