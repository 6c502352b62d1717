import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SlowFirst } from "./tests/support/slow-first.ts";

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
  // Long enough for a busy machine: only a test that hangs gets there.
  testTimeout: 240_000,
  hookTimeout: 240_000,
};

/** These test functions and change no globals. */
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

/** These depend on what a process has loaded, patched, connected, allocated or faked (timers) before. */
const isolated = [
  "agents/**",
  "bodies/**",
  "cli/arguments",
  "contract/**",
  "docs/{agents,events}",
  "faults/**",
  "http2/**",
  "hub/**",
  "interception/**",
  "matchers/cassette",
  "msw/**",
  "package/loaded",
  "processes/**",
  "provider-server/**",
  "session/**",
  "silent/**",
  "vitest/{freeze,pacing}",
].map((path) => `tests/${path}.test.ts`);

export default defineConfig({
  test: {
    // On two cores: many tests wait for times, or for processes that they have started.
    maxWorkers: 3,
    sequence: { sequencer: SlowFirst },
    reporters: ["default", "./scripts/count-reporter.ts"],
    projects: [
      { resolve, test: { ...shared, name: "functions", include: pure, isolate: false } },
      { resolve, test: { ...shared, name: "isolated", include: isolated } },
      {
        resolve,
        test: {
          ...shared,
          name: "package",
          include: ["tests/**/*.test.ts"],
          exclude: [...shared.exclude, ...pure, ...isolated],
          isolate: false,
          globalSetup: ["tests/support/build-package.ts"],
        },
      },
    ],
  },
});
