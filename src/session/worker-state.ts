import type { ProjectOptions } from "../options/options.ts";
import { FileStore } from "../storage/file-store.ts";
import { TapeShelf } from "./tape-store.ts";

/** What the plugin tells each worker. Has to survive structured cloning. */
export interface ProjectSettings {
  /** Absolute path. */
  readonly root: string;
  /** When the run began, in milliseconds since the epoch: a tape newer than this was made by this run. */
  readonly runStarted: number;
  readonly options: ProjectOptions;
  /** What a command line needs to run the project's tests; `undefined` without the plugin. */
  readonly commandLine?: CommandLine | undefined;
}

export interface CommandLine {
  /** The folder in which Vitest was started. */
  readonly cwd: string;
  /** Vitest's `--root`, if that is another folder. */
  readonly root?: string | undefined;
  /** Name of the project, if there are several. */
  readonly project?: string | undefined;
}

interface WorkerProject {
  settings: ProjectSettings;
  /** Options that cannot be cloned (functions), given by a setup file. */
  defaults: ProjectOptions;
  /** Whether the plugin's setup file has run. */
  plugin: boolean;
  /** The tapes of a folder, given by its absolute path, and how large one may be that is read. */
  shelf(folder: string, maxTapeBytes: number): TapeShelf;
}

const KEY = Symbol.for("vitest-cassette/project/1");

/** The project as this worker knows it; without the plugin, the working directory and no options. */
export function workerProject(): WorkerProject {
  const holder = globalThis as { [KEY]?: WorkerProject };
  holder[KEY] ??= createProject();
  return holder[KEY];
}

function createProject(): WorkerProject {
  const shelves = new Map<string, TapeShelf>();
  return {
    settings: { root: process.cwd(), runStarted: Date.now() - performance.now(), options: {} },
    defaults: {},
    plugin: false,
    shelf(folder, maxTapeBytes) {
      const key = `${maxTapeBytes} ${folder}`;
      let shelf = shelves.get(key);
      if (shelf === undefined) {
        const store = new FileStore({ folder, maxFileBytes: maxTapeBytes });
        shelf = new TapeShelf(store, { runStarted: this.settings.runStarted, maxTapeBytes });
        shelves.set(key, shelf);
      }
      return shelf;
    },
  };
}
