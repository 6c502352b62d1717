import { CassetteError } from "../cassette/errors.ts";

export type TapeErrorCode = "CASSETTE_TAPE_INVALID" | "CASSETTE_TAPE_VERSION" | "CASSETTE_TAPE_TOO_LARGE";

/** The place of an error in a tape, as far as it is known. */
export interface TapePlace {
  readonly file: string;
  /** From 1. */
  readonly line?: number | undefined;
  /** From 1, in UTF-16 units. */
  readonly column?: number | undefined;
  /** The field: `interactions[3].response.status`. */
  readonly path?: string | undefined;
  /** The line itself with a mark below it; several lines long. */
  readonly excerpt?: string | undefined;
}

/** Reports a tape that cannot be read: where, what was found, what belongs there, and what to do next. */
export class TapeError extends CassetteError {
  override readonly name = "TapeError";
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly path: string | undefined;

  constructor(code: TapeErrorCode, place: TapePlace, why: string, next: string) {
    const position = place.line === undefined ? "" : `:${place.line}:${place.column ?? 1}`;
    const field = place.path === undefined || place.path === "" ? "" : ` (${place.path})`;
    const excerpt = place.excerpt === undefined ? "" : `\n\n${place.excerpt}\n`;
    super(code, `Failed to read ${place.file}${position}: ${why}${field}${excerpt}\n${next}`);
    this.file = place.file;
    this.line = place.line;
    this.column = place.column;
    this.path = place.path;
  }
}

export const FIX_OR_RECORD = "Fix this line, or re-record the cassette with RECORD=1.";
