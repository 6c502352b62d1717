import { failedFile } from "../storage/names.ts";

/** The command that puts what a failed test has recorded in the place of its tape. `shownFile` is the tape. */
export function acceptCommand(shownFile: string): string {
  return `mv ${quote(failedFile(shownFile))} ${quote(shownFile)}`;
}

function quote(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
