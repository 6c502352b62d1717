import process from "node:process";
import { inject } from "vitest";
import { holdInterception, installInterception } from "../interception/install.ts";
import { assertRecordingAllowed, readEnvironment } from "../options/environment.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { sessionRouter } from "../session/router.ts";
import { scopeState } from "../session/scope.ts";
import type { ProjectSettings } from "../session/worker-state.ts";
import { workerState } from "../session/worker-state.ts";
import { registerHooks } from "./hooks.ts";
import { setPlaceholderKeys } from "./placeholder-keys.ts";
import { unpackOptions } from "./project-options.ts";

declare module "vitest" {
  interface ProvidedContext {
    "vitest-cassette": ProjectSettings;
  }
}

/** Traffic outside any cassette is caught for the whole file, if the project asks for it. */
let releaseOutside: (() => void) | undefined;

/**
 * Makes a worker ready for one test file: options, interception, hooks, placeholder keys.
 *
 * @throws CassetteOptionsError, CassetteRecordingRefusedError
 */
export function startFile(): void {
  const project = workerState();
  const provided = inject("vitest-cassette") as ProjectSettings | undefined;
  if (provided !== undefined) {
    project.settings = { ...provided, options: unpackOptions(provided.options) };
    project.plugin = true;
  }
  const environment = readEnvironment(process.env);
  assertRecordingAllowed(environment);
  const options = resolveOptions({ environment, project: project.settings.options });
  scopeState().outside = options.outside;
  installInterception(sessionRouter);
  releaseOutside?.();
  releaseOutside = options.outside === "bypass" ? undefined : holdInterception();
  registerHooks();
  const mayRecord =
    environment.record !== "off" || (options.mode === "hybrid" && !environment.recordingRefused);
  if (options.placeholderKeys && project.plugin && !mayRecord) setPlaceholderKeys(process.env);
}
