import { CassetteError } from "../cassette/errors.ts";
import type { Tape } from "../cassette/model.ts";
import { parseTape, TapeError } from "../format/index.ts";
import { FileStore } from "../storage/file-store.ts";
import { shownPath } from "../storage/storage-error.ts";
import type { TapeFile } from "./tape-files.ts";

/** A tape, or the reason why it cannot be read. */
export type TapeRead =
  | { readonly kind: "tape"; readonly file: string; readonly text: string; readonly tape: Tape }
  | {
      readonly kind: "broken";
      readonly file: string;
      /** `undefined` if the file could not be read. */
      readonly text: string | undefined;
      readonly line: number | undefined;
      readonly column: number | undefined;
      /** Says what is wrong, where, and what to do. */
      readonly message: string;
    };

/**
 * Reads a tape as a test does. `file` of the result is the path for messages.
 *
 * @param redact removes secrets from messages
 */
export function readTape({ path, folder }: TapeFile, redact: (text: string) => string): TapeRead {
  const file = shownPath(path);
  let text: string | undefined;
  try {
    text = new FileStore({ folder }).read(path);
    if (text === undefined)
      throw new CassetteError("CASSETTE_READ_FAILED", `Failed to read ${file}: it was deleted.`);
    return { kind: "tape", file, text, tape: parseTape(text, { file, redact }) };
  } catch (error) {
    if (!(error instanceof CassetteError)) throw error;
    const { line, column } = error instanceof TapeError ? error : NOWHERE;
    return { kind: "broken", file, text, line, column, message: error.message };
  }
}
const NOWHERE = { line: undefined, column: undefined };
