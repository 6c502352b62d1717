import { type Dirent, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { writeError } from "./atomic-write.ts";
import { bodiesFolder, isBodiesFolder } from "./names.ts";
import { systemCode } from "./storage-error.ts";

const BODY = /^[0-9a-f]{16}\.gz$/;

/**
 * Lists the body files beside the tapes of a folder to which no tape in it refers. Absolute paths.
 *
 * @param only one folder of bodies; all of them if missing
 */
export function unusedBodies(folder: string, only?: string): readonly string[] {
  const entries = entriesOf(folder);
  const folders = entries.filter(
    (entry) => entry.isDirectory() && (only === undefined ? isBodiesFolder(entry.name) : entry.name === only),
  );
  const unused = new Map(
    folders.flatMap(({ name }) =>
      entriesOf(join(folder, name))
        .filter((entry) => entry.isFile() && BODY.test(entry.name))
        .map((entry) => [join(folder, name, entry.name), mention(name, entry.name)] as const),
    ),
  );
  for (const { name } of entries) {
    if (unused.size === 0) break;
    if (!name.endsWith(".yaml")) continue;
    const text = textOf(join(folder, name));
    for (const [path, body] of unused) if (text === undefined || text.includes(body)) unused.delete(path);
  }
  return [...unused.keys()].sort();
}

/** Removes the body files of a tape to which no tape refers any more, and their folder if that leaves it empty. */
export async function removeUnusedBodies(tape: string): Promise<void> {
  const folder = bodiesFolder(tape);
  await removeBodies(unusedBodies(dirname(tape), folder));
}

/** Removes body files, and the folders that this leaves empty. */
export async function removeBodies(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await rm(path, { force: true }).catch((error: unknown) => {
      throw writeError(path, error);
    });
  }
  for (const folder of new Set(paths.map((path) => dirname(path)))) {
    if (isBodiesFolder(basename(folder)) && entriesOf(folder).length === 0) rmdirSync(folder);
  }
}

/** What the text of a tape contains that refers to a body. YAML writes other names of folders in several ways. */
function mention(folder: string, body: string): string {
  return /^[\w.-]+$/.test(folder) ? `${folder}/${body}` : body;
}

/** `undefined` for a tape that nobody can read: it may refer to anything. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return systemCode(error) === "ENOENT" ? "" : undefined;
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (systemCode(error) === "ENOENT" || systemCode(error) === "ENOTDIR") return [];
    throw error;
  }
}
