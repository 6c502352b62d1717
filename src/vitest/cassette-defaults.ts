import { checkProjectOptions } from "../options/check-options.ts";
import type { ProjectOptions } from "../options/options.ts";
import { scopeState } from "../session/scope.ts";
import { workerState } from "../session/worker-state.ts";

/**
 * Sets options of the project that `vitest.config.ts` cannot pass to the workers that run tests, such as functions.
 * Call it in a setup file. Its values win over the plugin's; lists are joined.
 *
 * @throws CassetteOptionsError for unknown options or invalid values
 * @example
 * cassetteDefaults({ ignore: [(request) => request.headers.has("x-health-check")] });
 */
export function cassetteDefaults(options: ProjectOptions): void {
  checkProjectOptions(options);
  workerState().defaults = options;
  if (options.outside !== undefined) scopeState().outside = options.outside;
}
