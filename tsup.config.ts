import { defineConfig } from "tsup";

export default defineConfig({
  entry: {
    index: "src/index.ts",
    plugin: "src/plugin.ts",
    matchers: "src/matchers.ts",
    core: "src/core.ts",
    setup: "src/vitest/setup.ts",
    bin: "src/bin.ts",
  },
  format: "esm",
  target: "node22",
  platform: "node",
  splitting: true,
  sourcemap: false,
  clean: true,
  dts: {
    entry: {
      index: "src/index.ts",
      plugin: "src/plugin.ts",
      matchers: "src/matchers.ts",
      core: "src/core.ts",
    },
  },
});
