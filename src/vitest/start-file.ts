import { inject } from "vitest";
import { process } from "../cassette/node-process.ts";
// Keeps the real timers before a setup file or a test replaces them.
import "../http/real-clock.ts";
import { platformClasses } from "../http/platform-classes.ts";
import { isInVmContext } from "../interception/is-in-vm-context.ts";
import { watchTraffic } from "../interception/watch-traffic.ts";
import { assertRecordingAllowed, readEnvironment } from "../options/environment.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { scopeState } from "../session/scope.ts";
import type { ProjectSettings } from "../session/worker-state.ts";
import { workerState } from "../session/worker-state.ts";
import { fileState } from "./file-state.ts";
import { registerHooks } from "./hooks.ts";
import { setPlaceholderKeys } from "./placeholder-keys.ts";
import { unpackOptions } from "./project-options.ts";

declare module "vitest" {
  interface ProvidedContext {
    "vitest-cassette": ProjectSettings;
  }
}

/**
 * Makes a worker ready for one test file: options, hooks, placeholder keys. Every file pays for what this loads, also
 * if it opens no cassette.
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
  watchTraffic();
  registerHooks();
  const mayRecord =
    environment.record !== "off" || (options.mode === "hybrid" && !environment.recordingRefused);
  const { placeholderKeys = [] } = project.settings;
  if (options.placeholderKeys && !mayRecord) setPlaceholderKeys(process.env, placeholderKeys);
}

/** These end what the file before has begun, with `isolate: false`. */
let releaseOutside: (() => void) | undefined;
let stopSending: (() => Promise<void>) | undefined;

/**
 * Loads what a file needs before its own setup files run: the classes that these may replace, the interceptors if they
 * cannot be loaded later, what sends events if somebody watches, and the engine if the project wants to know of traffic outside any cassette.
 */
export async function loadEarly(): Promise<void> {
  releaseOutside?.();
  releaseOutside = undefined;
  await stopSending?.();
  stopSending = undefined;
  const { live, hasOtherSetupFiles } = workerState().settings;
  if (live !== undefined) {
    const { sendEvents } = await import("./send-events.ts");
    stopSending = sendEvents(live);
    fileState().atEnd.push(stopSending);
  }
  if (isInVmContext()) await import("../interception/interceptors-now.ts");
  if (hasOtherSetupFiles === true) platformClasses();
  if (scopeState().outside === "bypass") return;
  const { catchOutside } = await import("./catch-outside.ts");
  releaseOutside = catchOutside();
}
