import { join } from "node:path";
import type { VitestPluginContext } from "vitest/node";

/**
 * Makes Node keep the modules that it compiles for a project's workers, next to what Vite keeps. Otherwise it compiles
 * Vitest, this package and the SDKs again for every isolated test file. What the user has set wins.
 *
 * @param variables the environment of the workers
 */
export function keepCompiled(
  { vitest, project }: Pick<VitestPluginContext, "vitest" | "project">,
  variables: Readonly<Record<string, string | undefined>>,
): void {
  const { NODE_COMPILE_CACHE, NODE_DISABLE_COMPILE_CACHE, NODE_V8_COVERAGE } = variables;
  // V8 is less precise about the coverage of what it did not compile itself.
  if ((NODE_COMPILE_CACHE ?? NODE_DISABLE_COMPILE_CACHE ?? NODE_V8_COVERAGE) !== undefined) return;
  // Before Vitest 5, workers end without writing what they keep. Vitest 5 turns this off for coverage.
  if (Number.parseInt(vitest.version, 10) < 5) return;
  const cache = join(project.vite.config.cacheDir, "compiled");
  project.config.env = { ...project.config.env, NODE_COMPILE_CACHE: cache };
}
