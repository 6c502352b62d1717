import { defineConfig } from "tsup";

/** Only declarations: `scripts/build.ts` makes the modules. */
export default defineConfig({
  entry: {
    index: "src/index.ts",
    plugin: "src/plugin.ts",
    matchers: "src/matchers.ts",
    core: "src/core.ts",
    msw: "src/msw.ts",
    reporter: "src/reporter.ts",
    live: "src/live.ts",
  },
  format: "esm",
  target: "node22",
  clean: false,
  dts: { only: true },
});
