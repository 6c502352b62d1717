import { isAbsolute, relative, resolve } from "node:path";
import type { MatchOptions } from "../matching/match-options.ts";
import type { RedactOptions } from "../redaction/options.ts";
import type { Surroundings } from "./surroundings.ts";
import { UsageError } from "./usage-error.ts";

/** The `cassette()` options of a project that commands use. */
export interface ProjectSettings {
  /** Absolute path of the project. */
  readonly root: string;
  /** Absolute path of the folder of its cassettes; `undefined` if the config names none. */
  readonly dir: string | undefined;
  readonly redact: RedactOptions;
  readonly match: MatchOptions;
  readonly maxTapeBytes: number | undefined;
  /** Absolute path of Vite's `cacheDir`. */
  readonly cacheDir: string;
}

/** Reads the settings of all projects of the Vitest config here. */
export async function projectSettings({
  directory,
  readProjects,
}: Surroundings): Promise<readonly ProjectSettings[]> {
  if (readProjects === undefined) return [];
  try {
    return (await readProjects(directory)).map(({ root, cacheDir, options }) => ({
      root,
      dir: options.dir === undefined ? undefined : resolve(root, options.dir),
      redact: options.redact ?? {},
      match: options.match ?? {},
      maxTapeBytes: options.maxTapeBytes,
      cacheDir,
    }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Failed to read the Vitest config: ${why}\nFix it, or pass --no-config.`);
  }
}

/** Returns the projects that a cassette belongs to, by its path; all of them if it belongs to none. */
export function projectsOf(path: string, projects: readonly ProjectSettings[]): readonly ProjectSettings[] {
  const own = projects.filter(({ dir }) => dir !== undefined && isInside(path, dir));
  return own.length === 0 ? projects : own;
}

export function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}
