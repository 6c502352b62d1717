import process from "node:process";
import type { ProjectOptions } from "../options/options.ts";
import { FileStore } from "../storage/file-store.ts";
import { cassetteKey } from "../storage/names.ts";
import { OpenTape, type OpenTapeSettings } from "./open-tape.ts";
import { TapeStore } from "./tape-store.ts";

/** The settings that the plugin sends to each worker. Must survive structured cloning. */
export interface ProjectSettings {
  /** Absolute path. */
  readonly root: string;
  /** When the run began, in milliseconds since the epoch: a newer tape was recorded by this run. */
  readonly runStarted: number;
  readonly options: ProjectOptions;
  /** The facts of a command that runs the project's tests; `undefined` without the plugin. */
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

interface WorkerState {
  settings: ProjectSettings;
  /** Options that cannot be cloned (functions), given by a setup file. */
  defaults: ProjectOptions;
  /** Whether the plugin's setup file has run. */
  plugin: boolean;
  readonly stores: Map<string, TapeStore>;
  /** Tapes in use. */
  readonly tapes: Map<string, OpenTape>;
}

const KEY = Symbol.for("vitest-cassette/worker/2");

/** The project as this worker knows it; without the plugin, the working directory and no options. */
export function workerState(): WorkerState {
  const holder = globalThis as { [KEY]?: WorkerState };
  holder[KEY] ??= {
    settings: { root: process.cwd(), runStarted: Date.now() - performance.now(), options: {} },
    defaults: {},
    plugin: false,
    stores: new Map(),
    tapes: new Map(),
  };
  return holder[KEY];
}

/** Returns the tapes of a folder, given by its absolute path. */
export function tapeStore(folder: string, maxTapeBytes: number): TapeStore {
  const { stores, settings } = workerState();
  const { runStarted } = settings;
  const key = `${runStarted} ${maxTapeBytes} ${folder}`;
  let store = stores.get(key);
  if (store === undefined) {
    const files = new FileStore({ folder, maxFileBytes: maxTapeBytes });
    store = new TapeStore(files, { runStarted, maxTapeBytes });
    stores.set(key, store);
  }
  return store;
}

/**
 * Opens a tape, or returns the one that is open: it has one writer in this worker.
 *
 * @throws StorageError if something else than a file has that name
 */
export function openTape(settings: Omit<OpenTapeSettings, "onReleased">): OpenTape {
  const { tapes } = workerState();
  const key = cassetteKey(settings.file);
  const open = tapes.get(key);
  if (open?.inUse === true) return open;
  const tape = OpenTape.open({ ...settings, onReleased: () => void tapes.delete(key) });
  tapes.set(key, tape);
  return tape;
}
