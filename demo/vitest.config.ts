import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { cassette } from "vitest-cassette/plugin";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  plugins: [cassette({ dir: process.env.DEMO_CASSETTES ?? "cassettes" })],
  test: { include: ["demo/*.test.ts"], reporters: ["dot"] },
});
