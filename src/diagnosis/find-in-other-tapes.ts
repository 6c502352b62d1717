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

/** Where to look for the requests that one tape lacks. */
export interface OtherTapes {
  /** The other tapes of the project, the nearest first. */
  list(): Iterable<OtherTape>;
  /** What was recorded when the test last failed, and the command that accepts it. */
  readonly failed: { readonly acceptCommand: string; readonly read: OtherTape["read"] };
}

/** Where else a request is recorded. */
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
  const found = searchAll(requests, tapes, rules);
  return requests.map((request, index) => {
    const failed = tapes.failed.read(new URL(request.url).host);
    const mayAccept = failed !== undefined && holds(failed, request, rules);
    return {
      foundIn: found[index] ?? [],
      acceptCommand: mayAccept ? tapes.failed.acceptCommand : undefined,
    };
  });
}

function searchAll(
  requests: readonly RecordedRequest[],
  tapes: OtherTapes,
  rules: MatchRules,
): readonly (readonly string[])[] {
  const found = requests.map((): string[] => []);
  const started = now();
  let bytes = 0;
  let files = 0;
  for (const other of tapes.list()) {
    const open = requests.filter((_, index) => (found[index]?.length ?? 0) < MAX_FOUND);
    if (open.length === 0 || now() - started > MAX_MS || bytes > MAX_BYTES || ++files > MAX_FILES) break;
    if (other.bytes > MAX_FILE_BYTES) continue;
    bytes += other.bytes;
    for (const [host, group] of Map.groupBy(open, ({ url }) => new URL(url).host)) {
      const tape = other.read(host);
      if (tape === undefined) continue;
      for (const request of group) {
        if (holds(tape, request, rules)) found[requests.indexOf(request)]?.push(other.shownFile);
      }
    }
  }
  return found;
}

function holds(tape: Tape, request: RecordedRequest, rules: MatchRules): boolean {
  try {
    return RecordingIndex.over(tape.interactions, rules).find(request).recordings.length > 0;
  } catch {
    // A rule of the user's need not work on the requests of other tapes.
    return false;
  }
}
