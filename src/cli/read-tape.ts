import { CassetteError } from "../cassette/errors.ts";
import type { Tape } from "../cassette/model.ts";
import { type OpenBody, parseTape, TapeError } from "../format/index.ts";
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
      readonly code: string;
      /** Says what is wrong, where, and what to do. */
      readonly message: string;
    };

export interface ReadTapeOptions {
  /** Removes secrets from messages. */
  readonly redact: (text: string) => string;
  /** Larger files are not read. @defaultValue 64 MiB */
  readonly maxBytes?: number | undefined;
  /** Opens body files. Without it, they cannot be read. */
  readonly openBody?: OpenBody | undefined;
}

/** Reads a tape as a test does. `file` of the result is the path for messages. */
export function readTape({ path, folder }: TapeFile, options: ReadTapeOptions): TapeRead {
  const file = shownPath(path);
  const store = new FileStore({ folder, maxFileBytes: options.maxBytes });
  let text: string | undefined;
  try {
    text = store.read(path);
    if (text === undefined)
      throw new CassetteError("CASSETTE_READ_FAILED", `Failed to read ${file}: it was deleted.`);
  } catch (error) {
    return broken(file, text, error);
  }
  return readTapeText(file, text, { ...options, openBody: (...body) => store.openBody(path, ...body) });
}

/** Reads the text of a tape from anywhere. `file` is its name for messages. */
export function readTapeText(file: string, text: string, options: ReadTapeOptions): TapeRead {
  const { redact, maxBytes, openBody } = options;
  try {
    const limits = maxBytes === undefined ? {} : { maxLength: maxBytes };
    return { kind: "tape", file, text, tape: parseTape(text, { file, redact, limits, openBody }) };
  } catch (error) {
    return broken(file, text, error);
  }
}

function broken(file: string, text: string | undefined, error: unknown): TapeRead {
  if (!(error instanceof CassetteError)) throw error;
  const { line, column } = error instanceof TapeError ? error : NOWHERE;
  const { code, message } = error;
  return { kind: "broken", file, text, line, column, code, message };
}

const NOWHERE = { line: undefined, column: undefined };
