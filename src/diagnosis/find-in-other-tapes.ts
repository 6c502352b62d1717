import { URL } from "node:url";
import type { RecordedRequest, Tape } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import type { MatchRules } from "../matching/rules.ts";

/** A tape that may have a request that another tape lacks. */
export interface OtherTape {
  /** Path for messages. */
  readonly shownFile: string;
  readonly bytes: number;
  /** Reads the tape if its text contains `mention`; `undefined` also if it cannot be read. */
  read(mention: string): Tape | undefined;
}

/** The other tapes, to search for requests that one tape lacks. */
export interface OtherTapes {
  /** The other tapes of the project, the nearest first. */
  list(): Iterable<OtherTape>;
  /** The recording of the last failed run, and the command that accepts it. */
  readonly failed: { readonly acceptCommand: string; readonly read: OtherTape["read"] };
}

/** Other tapes that have a request. */
export interface FoundInOtherTapes {
  /** Other cassettes, as messages show them. */
  readonly foundIn: readonly string[];
  /** The command that accepts what was recorded when the test last failed, if that has the request. */
  readonly acceptCommand: string | undefined;
}

// A failing test must not take long over this: past any of these limits, the rest is skipped.
const MAX_FILES = 500;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_MS = 300;
/** More names than this would not help. */
const MAX_FOUND = 3;

/** For each request, finds other tapes with a recording of it. Never throws: the test that plays a broken tape gets its error. */
export function findInOtherTapes(
  requests: readonly RecordedRequest[],
  tapes: OtherTapes,
  rules: MatchRules,
): readonly FoundInOtherTapes[] {
  const found = requests.map((): string[] => []);
  const started = now();
  let bytes = 0;
  let files = 0;
  for (const other of tapes.list()) {
    const open = requests.filter((_, index) => (found[index]?.length ?? 0) < MAX_FOUND);
    if (open.length === 0 || now() - started > MAX_MS || bytes > MAX_BYTES || ++files > MAX_FILES) break;
    if (other.bytes > MAX_FILE_BYTES) continue;
    bytes += other.bytes;
    for (const request of holdsOf(other.read, open, rules))
      found[requests.indexOf(request)]?.push(other.shownFile);
  }
  const accepted = new Set(holdsOf(tapes.failed.read, requests, rules));
  return requests.map((request, index) => ({
    foundIn: found[index] ?? [],
    acceptCommand: accepted.has(request) ? tapes.failed.acceptCommand : undefined,
  }));
}

/** Returns the requests that a tape has. */
function holdsOf(
  read: OtherTape["read"],
  requests: readonly RecordedRequest[],
  rules: MatchRules,
): readonly RecordedRequest[] {
  const byHost = Map.groupBy(requests, ({ url }) => new URL(url).host);
  return [...byHost].flatMap(([host, group]) => {
    const tape = read(host);
    return tape === undefined ? [] : group.filter((request) => holds(tape, request, rules));
  });
}

function holds(tape: Tape, request: RecordedRequest, rules: MatchRules): boolean {
  try {
    return RecordingIndex.over(tape.interactions, rules).find(request).recordings.length > 0;
  } catch {
    // A rule of the user's need not work on the requests of other tapes.
    return false;
  }
}
