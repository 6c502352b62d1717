import type { TapeNote } from "../../session/tape-note.ts";
import type { CassetteCounts } from "./run-report.ts";

/** What one test did with one cassette. */
export interface CassetteUse extends CassetteCounts {
  /** The file, relative to the root of the project, with forward slashes. */
  readonly file: string;
  /** The requests on the tape that were played, by their positions from 0; several times if one was played as often. */
  readonly positions: readonly number[];
}

/**
 * What a test file reports when it has ended. It travels in the `meta` of the file, which survives blobs, and which
 * Vitest's reporters do not print.
 */
export interface FileReport {
  /** Every cassette that was opened while the file ran: relative to the root of the project, with forward slashes. */
  readonly tapes: Readonly<Record<string, TapeNote>>;
  /** What each test did, by the id of the test. */
  readonly tests: Readonly<Record<string, readonly CassetteUse[]>>;
}

interface Meta {
  "vitest-cassette"?: FileReport;
}

/** Returns the part of the `meta` of a test or file that is ours. */
export function ourMeta(meta: object): Meta {
  return meta;
}
