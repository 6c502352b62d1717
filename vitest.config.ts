import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const source = (path: string): string => fileURLToPath(new URL(`./src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    alias: [
      { find: /^vitest-cassette\/(matchers|plugin|core|reporter|msw)$/, replacement: source("$1.ts") },
      { find: /^vitest-cassette$/, replacement: source("index.ts") },
    ],
  },
  test: {
    include: ["tests/**/*.test.ts"],
    globalSetup: ["tests/support/build-package.ts"],
    exclude: ["tests/.projects/**", "tests/fixtures/**", "**/node_modules/**"],
    // What a run is meant to do is said by each test, and not by the machine it runs on.
    env: { CI: "", RECORD: "", RECORD_ON_CI: "", CASSETTE_MODE: "" },
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // What runs real Vitest or many clients does so beside one other file, not beside as many as there are cores.
    maxWorkers: 2,
    reporters: ["default", "./scripts/count-reporter.ts"],
  },
});
