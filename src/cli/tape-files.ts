import { readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { systemCode, systemReason } from "../storage/storage-error.ts";
import { UsageError } from "./usage-error.ts";

const DEFAULT_FOLDER = "cassettes";
/** Where no tapes are kept, should somebody name the root of a project. */
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
 * All tapes under the named folders, those of failed tests included, in the order of their paths.
 *
 * @throws UsageError where a folder is not there: a slip in its name must not look like a clean result
 */
export function findTapes(named: readonly string[], directory: string): Found {
  const tapes = new Map<string, TapeFile>();
  const folders = new Set<string>();
  for (const name of named.length === 0 ? [DEFAULT_FOLDER] : named) {
    const folder = resolve(directory, name);
    assertFolder(folder, name, named.length === 0);
    walk(folder, folders, (path) => {
      if (!tapes.has(path)) tapes.set(path, { path, folder });
    });
  }
  const sorted = [...tapes.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
  return { tapes: sorted, folders: [...folders].sort() };
}

function assertFolder(folder: string, name: string, isDefault: boolean): void {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory()) return;
  const what = found === undefined ? "There is no folder" : "It is no folder:";
  const next = isDefault
    ? "Name the folder of the tapes with --dir, or run this where it is."
    : "Name the folder of the tapes.";
  throw new UsageError(`${what} ${name}. ${next}`);
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
