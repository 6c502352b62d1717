import { access, constants, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pause, wallClock } from "../http/real-clock.ts";
import { isAlive, newOwner, OWNER, ownerText } from "./owner.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

const TEMPORARY = new RegExp(`^\\..+\\.${OWNER}\\.tmp$`);
/** After this long nobody still writes: the maker was a worker thread that was stopped, or another machine. */
const ABANDONED_MS = 10 * 60_000;
/** How often a rename is tried again that Windows refuses because an editor or a scanner has the file open. */
const RENAME_TRIES = 8;

/** Temporary files that this module is writing now. */
const mine = new Set<string>();

/**
 * Replaces a file whole and at once: the text goes to a temporary file beside it, is forced to the disk, and
 * is renamed over it. Whatever fails, and whenever the process dies, the old file or the new one is there
 * whole, and never a part of either.
 *
 * @throws StorageError `CASSETTE_WRITE_FAILED`; the temporary file is gone then
 */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, `.${basename(path)}.${ownerText(newOwner())}.tmp`);
  mine.add(temporary);
  try {
    await mkdir(folder, { recursive: true });
    await refuseProtected(path);
    await writeThrough(temporary, text);
    await renameOver(temporary, path);
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // It was never made, or its folder is gone or refuses: the reason is the error that is told.
    });
    throw writeError(path, error);
  } finally {
    mine.delete(temporary);
  }
}

/** Removes the temporary files in a folder whose makers died while they wrote. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const path of await abandonedIn(folder)) await rm(path, { force: true });
}

/** The temporary files in a folder whose makers died while they wrote. */
export async function abandonedIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw writeError(folder, error);
  });
  const abandoned: string[] = [];
  for (const name of names) {
    const match = TEMPORARY.exec(name);
    const path = join(folder, name);
    if (match === null || mine.has(path)) continue;
    const [, host = "", pid = ""] = match;
    const alive = isAlive({ host, pid: Number(pid) });
    if (alive === false || (await ageOf(path)) > ABANDONED_MS) abandoned.push(path);
  }
  return abandoned;
}

export function writeError(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
    "CASSETTE_WRITE_FAILED",
    path,
    `Failed to write ${shownPath(path)}: ${systemReason(error)}.\nThe old file, if there was one, is as it was. Make room or give permission to write there, and record again.`,
    { cause: error },
  );
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, "wx");
  try {
    await file.writeFile(text, "utf8");
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename does not ask whether the file itself may be written; whoever protected it expects that it does. */
async function refuseProtected(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isFile()) {
    const what = found.isDirectory() ? "a folder" : "no regular file";
    throw new StorageError(
      "CASSETTE_WRITE_FAILED",
      path,
      `Failed to write ${shownPath(path)}: ${what} has that name.\nMove it away, or give the cassette another name.`,
    );
  }
  await access(path, constants.W_OK);
}

async function renameOver(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      const busy = ["EPERM", "EACCES", "EBUSY"].includes(systemCode(error) ?? "");
      if (process.platform !== "win32" || !busy || attempt === RENAME_TRIES) throw error;
      await pause(10 * 2 ** attempt);
    }
  }
}

/** Makes the rename itself survive a power cut, on systems that let a folder be opened. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems know no such thing; the file itself is written.
    if (!["EINVAL", "ENOTSUP", "EPERM", "EACCES"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

/** Milliseconds since a file was last written, by the clock of the machine. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : wallClock() - found.mtimeMs;
}
