import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemCode, systemReason } from "../storage/storage-error.ts";
import type { ProjectSettings } from "./project-settings.ts";
import { UsageError } from "./usage-error.ts";

const TAPE_FOLDER = "cassettes";
/** Folders of other tools. */
const SKIPPED = new Set(["node_modules", ".git"]);

/** A file that should be a cassette. */
export interface TapeFile {
  /** Absolute. */
  readonly path: string;
  /** Absolute path of the folder to search. Nothing outside of it is read. */
  readonly folder: string;
}

export interface Found {
  readonly tapes: readonly TapeFile[];
  /** Absolute paths of all folders that were searched. */
  readonly folders: readonly string[];
}

/**
 * Finds all cassettes in the named folders, those of failed tests included, sorted by path. In the root of a
 * project, and if no folder is named, it searches the folders of the projects' config and every folder called
 * `cassettes`: other YAML is not a cassette.
 *
 * @throws UsageError if a folder does not exist: a typo in its name must not look like a clean result
 */
export function findTapes(
  named: readonly string[],
  directory: string,
  projects: readonly ProjectSettings[] = [],
): Found {
  const tapes = new Map<string, TapeFile>();
  const folders = new Set<string>();
  const configured = projects.flatMap(({ dir }) => (dir !== undefined && existsSync(dir) ? [dir] : []));
  const searched =
    named.length > 0 ? foldersCalled(named, directory) : tapeFolders(directory, ".", configured);
  for (const folder of searched) {
    walk(folder, folders, (path) => {
      if (!tapes.has(path)) tapes.set(path, { path, folder });
    });
  }
  const sorted = [...tapes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { tapes: sorted, folders: [...folders].sort() };
}

function foldersCalled(names: readonly string[], directory: string): readonly string[] {
  return names.flatMap((name) => {
    const folder = resolve(directory, name);
    const found = statSync(folder, { throwIfNoEntry: false });
    if (found === undefined)
      throw new UsageError(`The folder ${name} does not exist. Pass the folder of your cassettes.`);
    if (!found.isDirectory()) {
      throw new UsageError(`${name} is not a folder. Pass the folder of your cassettes.`);
    }
    return isProject(folder) ? tapeFolders(folder, name) : [folder];
  });
}

function isProject(folder: string): boolean {
  return ["package.json", ".git"].some((name) => existsSync(join(folder, name)));
}

/** The folders of cassettes of all packages in a project. */
function tapeFolders(project: string, name: string, configured: readonly string[] = []): readonly string[] {
  const found = [...configured];
  const look = (folder: string): void => {
    const own = join(folder, TAPE_FOLDER);
    if (statSync(own, { throwIfNoEntry: false })?.isDirectory()) found.push(own);
    for (const entry of entriesOf(folder)) {
      const isOther =
        entry.name === TAPE_FOLDER || entry.name === "node_modules" || entry.name.startsWith(".");
      if (entry.isDirectory() && !isOther) look(join(folder, entry.name));
    }
  };
  look(project);
  if (found.length > 0) return found;
  const where = name === "." ? "here" : `in ${name}`;
  throw new UsageError(
    `Found no folder ${TAPE_FOLDER} ${where} or below. Pass the folder of your cassettes with --dir.`,
  );
}

/** Lists the YAML files in a folder and below it, those of failed tests included; none if it does not exist. */
export function yamlFilesIn(folder: string): readonly string[] {
  const files: string[] = [];
  walk(folder, new Set(), (path) => files.push(path));
  return files.sort();
}

/** Lists a folder and those below it; none if it does not exist. */
export function foldersIn(folder: string): readonly string[] {
  const folders = new Set<string>();
  walk(folder, folders, () => undefined);
  return [...folders];
}

/** Does not follow links to folders: they may lead anywhere, and in circles. */
function walk(folder: string, folders: Set<string>, take: (path: string) => void): void {
  if (folders.has(folder)) return;
  folders.add(folder);
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!SKIPPED.has(entry.name)) walk(path, folders, take);
    } else if (entry.name.endsWith(".yaml") && !entry.name.startsWith(".")) take(path);
  }
}

function entriesOf(folder: string): ReturnType<typeof readEntries> {
  try {
    return readEntries(folder);
  } catch (error) {
    if (systemCode(error) === "ENOENT") return [];
    throw new UsageError(`Failed to search ${folder}: ${systemReason(error)}.`);
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
