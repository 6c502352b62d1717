import { isAbsolute, relative, resolve } from "node:path";
import type { RedactOptions } from "../redaction/options.ts";
import type { Invocation } from "./read-arguments.ts";
import type { Surroundings } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/** What a command needs of a project's `cassette()` options. */
export interface ProjectSettings {
  /** Absolute path of the folder of its cassettes; `undefined` if the config names none. */
  readonly dir: string | undefined;
  readonly redact: RedactOptions;
}

/** Reads the settings of all projects of the Vitest config here; none with `--no-config`. */
export async function projectSettings(
  { flag }: Invocation,
  { directory, readProjects }: Surroundings,
): Promise<readonly ProjectSettings[]> {
  if (flag("no-config") || readProjects === undefined) return [];
  try {
    return (await readProjects(directory)).map(({ root, options: { dir, redact } }) => ({
      dir: dir === undefined ? undefined : resolve(root, dir),
      redact: redact ?? {},
    }));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`Failed to read the Vitest config: ${why}\nFix it, or pass --no-config.`);
  }
}

/** The rules for one cassette: those of its project, or of all of them if it belongs to none. */
export function redactOptionsFor(
  path: string,
  projects: readonly ProjectSettings[],
): readonly RedactOptions[] {
  const own = projects.filter(({ dir }) => dir !== undefined && isInside(path, dir));
  return (own.length === 0 ? projects : own).map(({ redact }) => redact);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== "" && !way.startsWith("..") && !isAbsolute(way);
}

const LISTS = ["headers", "fields", "query", "values", "patterns", "allow"] as const;

/** All rules together. */
export function mergeRedactOptions(options: readonly RedactOptions[]): RedactOptions {
  const lists = LISTS.map((name) => [name, options.flatMap((each): readonly unknown[] => each[name] ?? [])]);
  return Object.fromEntries(lists) as RedactOptions;
}
