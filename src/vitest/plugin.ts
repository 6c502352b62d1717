import { relative, sep } from "node:path";
import { fileURLToPath, URL } from "node:url";
import type { Vite, VitestPluginContext } from "vitest/node";
import { assertNodeVersion } from "../cassette/assert-node-version.ts";
import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import { process } from "../cassette/node-process.ts";
import { escapeRegExp } from "../diagnosis/record-command.ts";
import { checkProjectOptions } from "../options/check-options.ts";
import { assertRecordingAllowed, readEnvironment } from "../options/environment.ts";
import { resolveLive } from "../options/live-options.ts";
import type { ProjectOptions } from "../options/options.ts";
import type { CommandLine } from "../session/worker-state.ts";
import { keepCompiled } from "./compile-cache.ts";
import { listPlaceholderKeys } from "./list-placeholder-keys.ts";
import { packOptions } from "./project-options.ts";
import { CassetteReporter } from "./run/cassette-reporter.ts";
import { isCassetteReporter, showsPictures } from "./run/reporter-mark.ts";

const isSource = import.meta.url.endsWith(".ts");
/** Next to this module, in the source and in the package. */
const SETUP = fileURLToPath(new URL(isSource ? "./setup.ts" : "./setup.js", import.meta.url));
const PACKAGE = fileURLToPath(new URL(isSource ? "../.." : "..", import.meta.url));

function noBrowser(): CassetteError {
  return new CassetteError(
    "CASSETTE_BROWSER",
    "Failed to set up cassettes for browser mode: requests of a browser do not pass Node, so they cannot be recorded. " +
      "Run the tests that use cassettes in a project without `browser`, and add the cassette() plugin to that project only.",
  );
}

/**
 * The Vite plugin for `vitest.config.ts`: catches traffic before the modules under test load, gives each
 * test its own async context, and passes the project's options to every worker.
 *
 * @throws CassetteOptionsError for unknown options or invalid values
 * @example
 * export default defineConfig({ plugins: [cassette({ mode: "strict" })] })
 */
export function cassette(options: ProjectOptions = {}): Vite.Plugin {
  assertNodeVersion();
  checkProjectOptions(options);
  const packed = packOptions(options);
  const runStarted = Date.now();
  return {
    name: "vitest-cassette",
    config(config) {
      config.test ??= {};
      const { test } = config;
      if (test.browser?.enabled === true) throw noBrowser();
      // Annotations of errors that have no line of their own name the line of the test.
      if (process.env.GITHUB_ACTIONS === "true") test.includeTaskLocation ??= true;
      // Before the user's own setup files, so that what they capture is caught too.
      test.setupFiles = [SETUP, ...[test.setupFiles ?? []].flat()];
      // Inlined modules are evaluated again for every test file; modules that Node loads are not.
      const inline = [new RegExp(escapeRegExp(SETUP.replaceAll("\\", "/")))];
      return { test: { server: { deps: { inline } } } } as Vite.UserConfig;
    },
    configResolved({ server }) {
      // Vite serves modules to a DOM environment only from inside the project. A linked package is outside.
      if (server.fs.strict) server.fs.allow.push(PACKAGE);
    },
    // Later than `config`, when the root is known.
    async configureVitest({ vitest, project }: VitestPluginContext) {
      const { root, env } = project.config;
      const variables = { ...process.env, ...env };
      withShortErrors(() => assertRecordingAllowed(readEnvironment(variables)));
      keepCompiled({ vitest, project }, variables);
      const live = withShortErrors(() => resolveLive(options.live, variables));
      project.provide("vitest-cassette", {
        root,
        runStarted,
        options: packed,
        commandLine: commandLine({ vitest, project }),
        placeholderKeys: listPlaceholderKeys(),
        hasOtherSetupFiles: project.config.setupFiles.length > 1,
        pictures: showsPictures(vitest),
        live: live && (await (await import("./live-view.ts")).liveViewOf(vitest, live)),
      });
      // Vitest creates its reporters after this.
      const { reporters } = vitest.config;
      if (!reporters.some(isCassetteReporter))
        reporters.push(new CassetteReporter({ summary: options.summary }));
    },
  } as Vite.Plugin;
}

/**
 * Reads the environment. If it is wrong, the whole run fails at once, and not every test file.
 *
 * @throws CassetteOptionsError, CassetteRecordingRefusedError
 */
function withShortErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    // Vitest prints the whole stack, and nothing in it helps.
    if (isError(error)) error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}

/** The facts that messages need to suggest a command which runs the same tests. */
function commandLine({ vitest, project }: Pick<VitestPluginContext, "vitest" | "project">): CommandLine {
  const cwd = process.cwd();
  const root = relative(cwd, vitest.config.root).split(sep).join("/");
  const isOneOfSeveral = vitest.projects.length > 1 || vitest.config.project.length > 0;
  return {
    cwd,
    root: root === "" ? undefined : root,
    project: isOneOfSeveral && project.name !== "" ? project.name : undefined,
  };
}
