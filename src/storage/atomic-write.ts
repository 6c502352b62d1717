import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import { access, constants, mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { process } from "../cassette/node-process.ts";
import { pause, wallClock } from "../http/real-clock.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

const TEMPORARY = /^\..+\.(\d+)-[0-9a-f]{12}\.tmp$/;
/** The body of a response that is still arriving, or whose test is still running. */
const OF_BODY = /\.bodies\.\d+-[0-9a-f]{12}\.tmp$/;
/** After this long nobody is still writing: the writer was a worker thread that was stopped, or another machine. */
const ABANDONED_MS = 10 * 60_000;
/** How often to retry a rename that Windows refuses because an editor or a scanner has the file open. */
const RENAME_TRIES = 8;

/** What a writer does while no other process replaces the same file. */
export interface WhileAlone {
  /** The last chance to throw. */
  readonly before: () => void;
  /** Runs once the new file is in place. */
  readonly after?: (() => Promise<void>) | undefined;
}

/**
 * Replaces a file as a whole: writes the text to a temporary file beside it, forces that to the disk, and renames
 * it over the file. If anything fails, or the process dies, the old file or the new one is there, never a part.
 *
 * @note The package `write-file-atomic` (7.0) ignores how much `fs.write` has written: on a full disk it renames a
 * truncated file over the old one and reports success.
 *
 * @throws StorageError `CASSETTE_WRITE_FAILED`; the temporary file is gone then
 */
export async function writeAtomically(path: string, text: string, whileAlone?: WhileAlone): Promise<void> {
  const folder = dirname(path);
  const temporary = join(folder, temporaryName(basename(path)));
  try {
    await mkdir(folder, { recursive: true });
    await refuseProtected(path);
    await writeThrough(temporary, text);
    if (whileAlone === undefined) await renameOver(temporary, path);
    else {
      await alone(path, async () => {
        whileAlone.before();
        await renameOver(temporary, path);
        await whileAlone.after?.();
      });
    }
    await syncFolder(folder);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {
      // It was never created, or its folder is gone or read-only: the error below says so.
    });
    throw writeError(path, error);
  }
}

/** The name of a temporary file: whose process it is, and a part that nobody else has. */
export function temporaryName(name: string, pid = process.pid): string {
  return `.${name}.${pid}-${randomUUID().replaceAll("-", "").slice(0, 12)}.tmp`;
}

/** Removes the temporary files in a folder whose writers died. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const path of await abandonedIn(folder)) await rm(path, { force: true });
}

/** Lists the temporary files in a folder whose writers died. */
export async function abandonedIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return [];
    throw writeError(folder, error);
  });
  const abandoned: string[] = [];
  for (const name of names) {
    const pid = TEMPORARY.exec(name)?.[1];
    const path = join(folder, name);
    if (
      pid !== undefined &&
      (!isAlive(Number(pid)) || (!OF_BODY.test(name) && (await ageOf(path)) > ABANDONED_MS))
    ) {
      abandoned.push(path);
    }
  }
  return abandoned;
}

export function writeError(path: string, error: unknown): StorageError {
  if (error instanceof StorageError) return error;
  return new StorageError(
    "CASSETTE_WRITE_FAILED",
    path,
    `Failed to write ${shownPath(path)}: ${systemReason(error)}.\nThe old file, if there was one, is intact. Free some space or grant write permission, and record again.`,
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

/** A rename ignores the permissions of the file that it replaces, but whoever made it read-only expects them to count. */
async function refuseProtected(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  });
  if (found === undefined) return;
  if (!found.isFile()) {
    const what = found.isDirectory() ? "a folder" : "something that is no regular file";
    throw new StorageError(
      "CASSETTE_WRITE_FAILED",
      path,
      `Failed to write ${shownPath(path)}: ${what} has that name.\nMove it away, or give the cassette another name.`,
    );
  }
  await access(path, constants.W_OK);
}

/** After this long, the process of a claim died before it wrote its id, or the id is that of another process by now. */
const CLAIM_MS = 60_000;

/** Runs `body` while no other process does so for the same file: two that check at the same moment both see nothing. */
async function alone(path: string, body: () => Promise<void>): Promise<void> {
  const claim = join(dirname(path), `.${basename(path)}.claim`);
  while (!tryClaim(claim)) {
    // A rename can take seconds on a busy disk: only the claim of a process that died is taken away.
    if (await isAbandoned(claim)) await rm(claim, { force: true });
    else await pause(5);
  }
  try {
    await body();
  } finally {
    await rm(claim, { force: true });
  }
}

function tryClaim(claim: string): boolean {
  try {
    writeFileSync(claim, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(claim: string): Promise<boolean> {
  const pid = Number(await readFile(claim, "utf8").catch(() => ""));
  return (pid > 0 && !isAlive(pid)) || (await ageOf(claim)) > CLAIM_MS;
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

/** Makes the rename itself survive a power cut, on systems that can open a folder. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } catch (error) {
    // Some network file systems cannot do this; the file itself is written.
    if (!["EINVAL", "ENOTSUP", "EPERM", "EACCES"].includes(systemCode(error) ?? "")) throw error;
  } finally {
    await handle.close();
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // The process exists, but belongs to somebody else.
    return systemCode(error) === "EPERM";
  }
}

/** Milliseconds since a file was last written. */
async function ageOf(path: string): Promise<number> {
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? 0 : wallClock() - found.mtimeMs;
}
