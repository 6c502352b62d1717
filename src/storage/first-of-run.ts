import { closeSync, openSync, statSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isMainThread } from "node:worker_threads";
import { process } from "../cassette/node-process.ts";
import { wallClock } from "../http/real-clock.ts";

/** After this long, the file of a process may be that of an older one with the same id. */
const FORGOTTEN_MS = 3_600_000;

/**
 * Returns `true` to the first worker of a run that asks, and `false` to the others. Workers are threads or children of one
 * process, and share no memory: an empty file in the folder for temporary files tells them apart. If it cannot be written,
 * each is the first.
 */
export function isFirstOfRun(what: string): boolean {
  const run = isMainThread ? process.ppid : process.pid;
  const file = join(tmpdir(), `vitest-cassette-${what}-${run}`);
  try {
    closeSync(openSync(file, "wx"));
    return true;
  } catch {
    const modified = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
    if (modified !== undefined && wallClock() - modified < FORGOTTEN_MS) return false;
    const seconds = wallClock() / 1000;
    if (modified !== undefined) utimesSync(file, seconds, seconds);
    return true;
  }
}
