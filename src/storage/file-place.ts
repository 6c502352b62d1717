import { lstatSync, realpathSync, type Stats } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

const NOT_THERE: ReadonlySet<string | undefined> = new Set(["ENOENT", "ENOTDIR"]);

export interface FilePlace {
  /** The path with all links followed: the file to read and write. */
  readonly path: string;
  /** `undefined` if it does not exist. */
  readonly found: Stats | undefined;
}

/**
 * Finds the real place of a cassette file. Follows links, which may not lead out of the folder of cassettes: a
 * repository must not make a test read or write other files.
 *
 * @throws StorageError `CASSETTE_FILE_OUTSIDE`
 */
export function placeOf(folder: string, file: string): FilePlace {
  const root = nearestReal(resolve(folder));
  const wanted = resolve(folder, file);
  if (wanted.includes("\0") || !isInside(resolve(folder), wanted))
    throw outside(file, folder, "it is not in there");
  const found = statOf(wanted);
  if (found?.isSymbolicLink()) {
    const path = follow(wanted, file);
    if (!isInside(root, path)) throw outside(file, folder, `it is a link to ${path}`);
    return { path, found: statOf(path) };
  }
  const parent = nearestReal(dirname(wanted));
  if (parent !== root && !isInside(root, parent)) {
    throw outside(file, folder, `a folder on its way is a link to ${parent}`);
  }
  return { path: wanted, found };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== "" && way !== ".." && !way.startsWith("../") && !way.startsWith("..\\") && !isAbsolute(way);
}

function follow(link: string, file: string): string {
  try {
    return realpathSync(link);
  } catch (error) {
    throw new StorageError(
      "CASSETTE_READ_FAILED",
      file,
      `Failed to open ${shownPath(file)}: it is a link, and ${systemReason(error)} where it leads.\nRemove the link, and record with RECORD=1.`,
      { cause: error },
    );
  }
}

/** Returns the real path of the nearest folder above that exists. */
function nearestReal(folder: string): string {
  const rest: string[] = [];
  let at = folder;
  for (;;) {
    try {
      return join(realpathSync(at), ...rest);
    } catch (error) {
      if (!NOT_THERE.has(systemCode(error)) || dirname(at) === at) return join(at, ...rest);
      rest.unshift(basename(at));
      at = dirname(at);
    }
  }
}

function statOf(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    // A file in place of a folder: writing reports it.
    if (systemCode(error) === "ENOTDIR") return undefined;
    throw error;
  }
}

function outside(file: string, folder: string, why: string): StorageError {
  return new StorageError(
    "CASSETTE_FILE_OUTSIDE",
    file,
    `Failed to open ${shownPath(file)}: cassettes stay in ${shownPath(folder)}, and ${why}.\nGive the cassette another name, or the option dir another folder.`,
  );
}
