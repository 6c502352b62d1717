import { existsSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemCode, systemReason } from "../storage/storage-error.ts";
import { UsageError } from "./usage-error.ts";

const TAPE_FOLDER = "cassettes";
/** Where others keep their own. */
const SKIPPED = new Set(["node_modules", ".git"]);

/** A file that should be a tape. */
export interface TapeFile {
  /** Absolute. */
  readonly path: string;
  /** Absolute path of the folder that was named, which nothing that is read may lie outside of. */
  readonly folder: string;
}

export interface Found {
  readonly tapes: readonly TapeFile[];
  /** Absolute paths of all folders that were looked through. */
  readonly folders: readonly string[];
}

/**
 * All tapes under the named folders, those of failed tests included, in the order of their paths. With none named,
 * and of one that is the root of a project, its folders called `cassettes` are meant, however deep: other YAML
 * is no tape.
 *
 * @throws UsageError where a folder is not there: a slip in its name must not look like a clean result
 */
export function findTapes(named: readonly string[], directory: string): Found {
  const tapes = new Map<string, TapeFile>();
  const folders = new Set<string>();
  for (const folder of named.length === 0 ? tapeFolders(directory, ".") : foldersCalled(named, directory)) {
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
      throw new UsageError(`There is no folder ${name}. Name the folder of the tapes.`);
    if (!found.isDirectory()) {
      throw new UsageError(`It is no folder: ${name}. Name the folder of the tapes.`);
    }
    return isProject(folder) ? tapeFolders(folder, name) : [folder];
  });
}

function isProject(folder: string): boolean {
  return ["package.json", ".git"].some((name) => existsSync(join(folder, name)));
}

/** The folders of tapes of all packages in a project. */
function tapeFolders(project: string, name: string): readonly string[] {
  const found: string[] = [];
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
  const where = name === "." ? "here or below" : `in ${name} or below`;
  throw new UsageError(
    `There is no folder ${TAPE_FOLDER} ${where}. Name the folder of the tapes with --dir.`,
  );
}

/** Links to folders are not followed: they may lead anywhere, and in circles. */
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
    throw new UsageError(`Failed to look through ${folder}: ${systemReason(error)}.`);
  }
}

function readEntries(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
