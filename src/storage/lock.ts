import { createHash } from "node:crypto";
import { mkdir, readdir, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { heartbeat, now, pause, wallClock } from "../http/real-clock.ts";
import { cassetteKey } from "./names.ts";
import { isAlive, newOwner, OWNER, type Owner, ownerText } from "./owner.ts";
import { StorageError, shownPath, systemCode, systemReason } from "./storage-error.ts";

const BEAT_MS = 1000;
/** A ticket without a beat for so long is nobody's: its thread was stopped, or its process number is another's now. */
const SILENT_MS = 15_000;
const LONGEST_PAUSE_MS = 50;

const TICKET = new RegExp(`^(\\d{12})-${OWNER}$`);
const CHOOSING = new RegExp(`^choosing-${OWNER}$`);

export interface LockOptions {
  /**
   * Milliseconds to wait for others; less than the 10 seconds after which Vitest gives up on a hook.
   *
   * @defaultValue 8,000
   */
  readonly timeout?: number | undefined;
  /** Folder for the locks, the same for all who share files. By default one of this user in the temporary folder. */
  readonly folder?: string | undefined;
}

/**
 * Runs `work` while no other caller, in this process or in another on this machine, does so for the same
 * path; callers come in the order in which they asked.
 *
 * Lamport's bakery, with files for its variables: who wants the lock takes a number one above all that are
 * there, and waits for the smaller ones. Nobody ever writes or takes over a file of somebody else, so that
 * clearing away the ticket of a killed process cannot take the lock from a living one.
 *
 * @throws StorageError `CASSETTE_LOCKED` where others hold it for longer than the time limit
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const folder = join(options.folder ?? lockFolder(), keyOf(path));
  const owner = newOwner();
  const ticket = await takeTicket(path, folder, owner);
  const stop = heartbeat(BEAT_MS, () => {
    const seconds = wallClock() / 1000;
    utimes(join(folder, ticket), seconds, seconds).catch(() => {
      // Cleared away as silent: the next beat finds the same, and the work goes on to its end.
    });
  });
  try {
    await waitForTurn(path, folder, ticket, options.timeout ?? 8_000);
    return await work();
  } finally {
    stop();
    await rm(join(folder, ticket), { force: true });
    await rmdir(folder).catch(() => {
      // Somebody else has a ticket: the last one clears the folder away.
    });
  }
}

async function takeTicket(path: string, folder: string, owner: Owner): Promise<string> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await chooseTicket(path, folder, owner);
    } catch (error) {
      // The one before cleared the folder away between the steps.
      if (systemCode(error) === "ENOENT" && attempt < 20) continue;
      throw new StorageError(
        "CASSETTE_WRITE_FAILED",
        path,
        `Failed to lock ${shownPath(path)}: ${systemReason(error)} in ${folder}.\nMake the temporary folder writable, or set TMPDIR to one that is.`,
        { cause: error },
      );
    }
  }
}

async function chooseTicket(path: string, folder: string, owner: Owner): Promise<string> {
  const choosing = join(folder, `choosing-${ownerText(owner)}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(choosing, "", { flag: "wx" });
  try {
    const numbers = (await readdir(folder)).map((name) => Number(TICKET.exec(name)?.[1] ?? 0));
    const number = Math.max(0, ...numbers) + 1;
    const ticket = `${String(number).padStart(12, "0")}-${ownerText(owner)}`;
    await writeFile(join(folder, ticket), path, { flag: "wx" });
    return ticket;
  } finally {
    await rm(choosing, { force: true });
  }
}

async function waitForTurn(path: string, folder: string, ticket: string, timeout: number): Promise<void> {
  const start = now();
  let wait = 1;
  for (;;) {
    const ahead = await firstAhead(folder, ticket);
    if (ahead === undefined) return;
    if (now() - start > timeout) {
      throw new StorageError(
        "CASSETTE_LOCKED",
        path,
        `Failed to lock ${shownPath(path)}: process ${ahead.pid} has been recording the same cassette for ${timeout} ms.\nGive each test a cassette of its own, useCassette("another name"), or run these tests one after the other.`,
      );
    }
    await pause(wait);
    wait = Math.min(LONGEST_PAUSE_MS, wait * 2);
  }
}

/** Somebody who is to be waited for; `undefined` where it is this ticket's turn. */
async function firstAhead(folder: string, ticket: string): Promise<Pick<Owner, "pid"> | undefined> {
  // Twice, since a listing is not of one moment: whoever is not choosing now has a ticket that the second shows.
  for (const name of await readdir(folder)) {
    const match = CHOOSING.exec(name);
    const owner = match && (await livingOwner(join(folder, name), match[1] ?? "", Number(match[2])));
    if (owner) return owner;
  }
  for (const name of await readdir(folder)) {
    const match = name < ticket ? TICKET.exec(name) : null;
    const owner = match && (await livingOwner(join(folder, name), match[2] ?? "", Number(match[3])));
    if (owner) return owner;
  }
  return undefined;
}

/** The owner of a file, which is cleared away where that one is gone. */
async function livingOwner(file: string, host: string, pid: number): Promise<Pick<Owner, "pid"> | undefined> {
  const owner = { host, pid };
  if (isAlive(owner) !== false && (await silence(file)) <= SILENT_MS) return owner;
  await rm(file, { force: true });
  return undefined;
}

async function silence(file: string): Promise<number> {
  try {
    const { mtimeMs } = await stat(file);
    return wallClock() - mtimeMs;
  } catch (error) {
    if (systemCode(error) === "ENOENT") return 0;
    throw error;
  }
}

function keyOf(path: string): string {
  return createHash("sha256").update(cassetteKey(path)).digest("hex").slice(0, 24);
}

/** Not beside the tapes: what a killed process leaves behind would turn up in the repository. */
function lockFolder(): string {
  return join(tmpdir(), `vitest-cassette-${process.getuid?.() ?? "user"}`);
}
