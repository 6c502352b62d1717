import type { Addition } from "../cassette/model.ts";

/** What became of one cassette file in this worker, for the summary of the run. */
export interface TapeNote {
  /** It is older than `maxAge`. */
  stale?: boolean | undefined;
  /** Where recordings went: into a new file, into the old one, or beside the old one, because a test failed. */
  saved?: "new" | "changed" | "failed" | undefined;
  /** HTTP statuses of recorded responses that are often a mistake: a wrong key, a rate limit, an outage. */
  errorStatuses?: readonly number[] | undefined;
  /** What `withCassette()` and `openCassette()` played, which belongs to no test. */
  played?: PlayedOutside | undefined;
}

interface PlayedOutside {
  /** Requests, calls, steps, checkpoints and MCP messages. */
  readonly entries: number;
  /** The requests on the tape, by their positions from 0. */
  readonly requests: readonly number[];
}

/** Adds to what was played outside any test. */
export function notePlayed(note: TapeNote, { entries, requests }: PlayedOutside): void {
  if (entries === 0) return;
  const { played = { entries: 0, requests: [] } } = note;
  note.played = { entries: played.entries + entries, requests: [...played.requests, ...requests] };
}

/** Notes that what tests have recorded was written. */
export function noteSaved(
  note: TapeNote,
  saved: NonNullable<TapeNote["saved"]>,
  contributions: readonly { readonly additions: readonly Addition[] }[],
): void {
  // A new file that a later test adds to is still new.
  note.saved = saved === "changed" && note.saved === "new" ? "new" : saved;
  const errorStatuses = contributions
    .flatMap(({ additions }) => additions)
    .flatMap(({ entry }) => (entry.kind === "request" ? [entry.response.status] : []))
    .filter(isOftenAMistake);
  if (errorStatuses.length > 0) note.errorStatuses = errorStatuses;
}

function isOftenAMistake(status: number): boolean {
  return status === 401 || status === 403 || status === 429 || status >= 500;
}
