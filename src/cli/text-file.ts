import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import { shownPath, systemReason } from "../storage/storage-error.ts";

/**
 * Reads a file that the user named.
 *
 * @param next what to do if it cannot be read
 * @throws CassetteError `CASSETTE_READ_FAILED`
 */
export function readTextFile(path: string, next: string): string {
  return attempt("read", path, next, () => readFileSync(path, "utf8"));
}

/**
 * Writes a file, and the folders that it is in.
 *
 * @param next what to do if it cannot be written
 * @throws CassetteError `CASSETTE_WRITE_FAILED`
 */
export function writeTextFile(path: string, text: string, next: string): void {
  attempt("write", path, next, () => {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  });
}

function attempt<T>(verb: "read" | "write", path: string, next: string, go: () => T): T {
  try {
    return go();
  } catch (cause) {
    const message = `Failed to ${verb} ${shownPath(path)}: ${systemReason(cause)}.\n${next}`;
    throw new CassetteError(verb === "read" ? "CASSETTE_READ_FAILED" : "CASSETTE_WRITE_FAILED", message, {
      cause,
    });
  }
}
