import { process } from "../cassette/node-process.ts";
import type { EventAddress } from "../events/event-socket.ts";
import type { ProjectOptions } from "../options/options.ts";
import type { OpenTape } from "./open-tape.ts";
import type { TapeNote } from "./tape-note.ts";
import type { TapeStore } from "./tape-store.ts";

/** The settings that the plugin sends to each worker. Must survive structured cloning. */
export interface ProjectSettings {
  /** Absolute path. */
  readonly root: string;
  /** When the run began, in milliseconds since the epoch: a newer tape was recorded by this run. */
  readonly runStarted: number;
  readonly options: ProjectOptions;
  /** The facts of a command that runs the project's tests; `undefined` without the plugin. */
  readonly commandLine?: CommandLine | undefined;
  /** Whether the project has setup files of its own, which may replace what a test file finds. */
  readonly hasOtherSetupFiles?: boolean;
  /** Keys of providers to set in the environment, if nothing is sent. */
  readonly placeholderKeys?: readonly PlaceholderKey[];
  /** Whether each test is annotated with a picture of its streams. Decoding and drawing them takes time. */
  readonly pictures?: boolean;
  /** Where events go; `undefined` if nobody watches. */
  readonly live?: EventAddress | undefined;
}

/** A variable to set if it and its alternatives are unset. */
export interface PlaceholderKey {
  readonly name: string;
  readonly unless: readonly string[];
}

export interface CommandLine {
  /** The folder in which Vitest was started. */
  readonly cwd: string;
  /** Vitest's `--root`, if that is another folder. */
  readonly root?: string | undefined;
  /** Name of the project, if there are several. */
  readonly project?: string | undefined;
}

interface WorkerState {
  settings: ProjectSettings;
  /** Options that cannot be cloned (functions), given by a setup file. */
  defaults: ProjectOptions;
  /** Whether the plugin's setup file has run. */
  plugin: boolean;
  readonly stores: Map<string, TapeStore>;
  /** Tapes in use. */
  readonly tapes: Map<string, OpenTape>;
  /** Of every cassette that was opened since the test file began, by its absolute path. */
  readonly notes: Map<string, TapeNote>;
}

const KEY = Symbol.for("vitest-cassette/worker/3");

/** The project as this worker knows it; without the plugin, the working directory and no options. */
export function workerState(): WorkerState {
  const holder = globalThis as { [KEY]?: WorkerState };
  holder[KEY] ??= {
    settings: { root: process.cwd(), runStarted: Date.now() - performance.now(), options: {} },
    defaults: {},
    plugin: false,
    stores: new Map(),
    tapes: new Map(),
    notes: new Map(),
  };
  return holder[KEY];
}
