import { resolve } from "node:path";
import { process } from "../cassette/node-process.ts";
import { now } from "../http/real-clock.ts";
import { readEnvironment } from "../options/environment.ts";
import { mergeDefaults } from "../options/merge-defaults.ts";
import type { CassetteOptions, ProjectOptions } from "../options/options.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import { createRedactorAndRules } from "./create-redactor-and-rules.ts";
import type { TapeWriter } from "./one-writer.ts";
import { openSession } from "./open-session.ts";
import { otherTapes } from "./other-tapes.ts";
import type { Session } from "./session.ts";
import type { SessionSettings } from "./session-settings.ts";
import { workerState } from "./worker-state.ts";
import { openTape, tapeStore } from "./worker-tapes.ts";

/** What a cassette is opened with, before it has a name. */
export type Opening = Pick<SessionSettings, "openedAt" | "environment" | "options" | "redactor" | "rules">;

/**
 * Begins to open a cassette with options of its own.
 *
 * @param project wins over the options of the project
 */
export function beginOpening(test: CassetteOptions, project: ProjectOptions = {}): Opening {
  const openedAt = now();
  const { settings, defaults } = workerState();
  const environment = readEnvironment(process.env);
  const merged = { ...mergeDefaults(settings.options, defaults), ...project };
  const options = resolveOptions({ environment, test, project: merged });
  return { openedAt, environment, options, ...createRedactorAndRules(options, process.env) };
}

/** Which cassette is opened, and by whom. */
export interface OpenedCassette
  extends Pick<SessionSettings, "named" | "test" | "recordCommand" | "contributor" | "label"> {
  /** Relative to the folder of cassettes. */
  readonly path: string;
  readonly writer: TapeWriter;
  /** Returns the labels of tests that record into it and are known not to run. */
  readonly leftOut?: () => ReadonlySet<string>;
}

/** @throws CassetteError for a tape that cannot be read or is too old */
export function openCassetteFile(
  opening: Opening,
  { path, writer, leftOut, ...opened }: OpenedCassette,
): Session {
  const { environment, options, redactor } = opening;
  const { dir } = options;
  const folder = resolve(workerState().settings.root, dir);
  const file = resolve(folder, path);
  const store = tapeStore(folder, options);
  const tape = openTape({
    file,
    shownFile: [dir, path].join("/"),
    store,
    replaces: environment.record === "all",
    redact: (text) => redactor.redactText(text),
    writer,
  });
  if (tape.replaces && leftOut !== undefined) tape.unfinished = { failed: new Set(), notRun: leftOut() };
  const name = path.replace(/\.yaml$/, "");
  return openSession({
    ...opening,
    ...opened,
    name,
    tape,
    otherTapes: otherTapes({ file, folder, dir }, store),
  });
}
