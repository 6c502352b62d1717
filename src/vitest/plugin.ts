import { fileURLToPath } from "node:url";
import type { Vite } from "vitest/node";
import { checkProjectOptions } from "../modes/check-options.ts";
import type { ProjectOptions } from "../modes/options.ts";
import { packOptions } from "./project-options.ts";

/** Beside this module, in the source as in the package. */
const SETUP = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./setup.ts" : "./setup.js", import.meta.url),
);

/**
 * The Vite plugin for `vitest.config.ts`: catches traffic before the modules under test load, gives each
 * test its own async context, and carries the project's options into every worker.
 *
 * @throws CassetteOptionsError for options that do not exist or cannot be
 * @example
 * export default defineConfig({ plugins: [cassette({ mode: "strict" })] })
 */
export function cassette(options: ProjectOptions = {}): Vite.Plugin {
  checkProjectOptions(options);
  const packed = packOptions(options);
  const runStarted = Date.now();
  return {
    name: "vitest-cassette",
    config(config) {
      const { root = process.cwd() } = config;
      return {
        test: {
          setupFiles: [SETUP],
          provide: { "vitest-cassette": { root, runStarted, options: packed } },
          server: { deps: { inline: [SETUP] } },
        },
      } as Vite.UserConfig;
    },
  };
}
