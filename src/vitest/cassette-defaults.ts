import { checkProjectOptions } from "../options/check-options.ts";
import type { ProjectOptions } from "../options/options.ts";
import { scopeState } from "../session/scope.ts";
import { workerState } from "../session/worker-state.ts";

/**
 * Options of the project that cannot stand in `vitest.config.ts`, because functions do not reach the workers
 * that run tests. To be called in a setup file; what it says wins over the plugin's options, lists are joined.
 *
 * @throws CassetteOptionsError for options that do not exist or cannot be
 * @example
 * cassetteDefaults({ ignore: [(request) => request.headers.has("x-health-check")] });
 */
export function cassetteDefaults(options: ProjectOptions): void {
  checkProjectOptions(options);
  workerState().defaults = options;
  if (options.outside !== undefined) scopeState().outside = options.outside;
}
