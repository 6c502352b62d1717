import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ["mastra.suite.ts"],
    env: { CI: "", RECORD: "", RECORD_ON_CI: "", CASSETTE_MODE: "", MASTRA_TELEMETRY_DISABLED: "1" },
    testTimeout: 60_000,
  },
});
