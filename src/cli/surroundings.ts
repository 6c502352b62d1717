import type { ProjectOptions } from "../options/options.ts";

/** A project of Vitest that uses the plugin. */
export interface ConfiguredProject {
  /** Absolute path. */
  readonly root: string;
  readonly options: ProjectOptions;
  /** Absolute path of Vite's `cacheDir` for the whole run. */
  readonly cacheDir: string;
}

/** The outside world of a command. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute path of the working directory. */
  readonly directory: string;
  /** Whether the output is a terminal. */
  readonly isTerminal: boolean;
  /** Width of the terminal in characters; `undefined` if the output is not a terminal. */
  readonly columns?: number | undefined;
  /** Reads the options of the projects in a folder's Vitest config. */
  readonly readProjects?: ((folder: string) => Promise<readonly ConfiguredProject[]>) | undefined;
  /** Asks the user at the terminal, and returns the answer; `undefined` without a terminal. */
  readonly ask?: ((question: string) => Promise<string>) | undefined;
  /** Shows a line that the next one replaces, on a terminal; `undefined` if messages do not go to one. */
  readonly writeProgress?: ((line: string) => void) | undefined;
  writeOut(text: string): void;
  writeError(text: string): void;
}
