import { dirname, posix, relative, resolve, sep } from "node:path";
import type { RecordedRequest, Tape } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { SessionSettings } from "../session/session-settings.ts";
import { listCassettes } from "../storage/list-cassettes.ts";
import { failedFile } from "../storage/names.ts";
import { acceptCommand } from "./accept-failed-command.ts";

/** The cassette that does not have the requests. */
export type Elsewhere = Pick<SessionSettings, "file" | "name" | "options" | "rules" | "shelf">;

/** Where else a request is recorded that one cassette does not have. */
export interface FoundElsewhere {
  /** Other cassettes, as messages show them. */
  readonly foundIn: readonly string[];
  /** Puts what was recorded when the test failed in place of the tape, where that has the request. */
  readonly acceptCommand: string | undefined;
}

/** For each request, where else it is recorded. Never throws. */
export function findElsewhere(
  requests: readonly RecordedRequest[],
  cassette: Elsewhere & Pick<SessionSettings, "shownFile">,
): readonly FoundElsewhere[] {
  const found = foundElsewhere(requests, cassette);
  return requests.map((request, index) => {
    const failed = cassette.shelf.peek(failedFile(cassette.file), new URL(request.url).host);
    const mayAccept = failed !== undefined && holds(failed, request, cassette.rules);
    return {
      foundIn: found[index] ?? [],
      acceptCommand: mayAccept ? acceptCommand(cassette.shownFile) : undefined,
    };
  });
}

// A failing test must not take long over this: past any of these limits the rest is left out.
const MAX_FILES = 500;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
const MAX_BYTES = 8 * 1024 * 1024;
const MAX_MS = 300;
/** More names than this help nobody. */
const MAX_FOUND = 3;

/**
 * For each request, which other cassettes have a recording of it, as messages show them; those in the same
 * folder first. Never throws: what is wrong with another tape is told to whoever plays it.
 */
export function foundElsewhere(
  requests: readonly RecordedRequest[],
  { file, name, options, rules, shelf }: Elsewhere,
): readonly (readonly string[])[] {
  const found = requests.map((): string[] => []);
  const folder = resolve(file, ...name.split("/").map(() => ".."));
  const started = now();
  let bytes = 0;
  for (const other of others(folder, file)) {
    const open = requests.filter((_, index) => (found[index]?.length ?? 0) < MAX_FOUND);
    if (open.length === 0 || now() - started > MAX_MS || bytes > MAX_BYTES) break;
    if (other.bytes > MAX_FILE_BYTES) continue;
    bytes += other.bytes;
    const shown = posix.join(options.dir, relative(folder, other.file).split(sep).join("/"));
    for (const [host, group] of Map.groupBy(open, ({ url }) => new URL(url).host)) {
      const tape = shelf.peek(other.file, host);
      if (tape === undefined) continue;
      for (const request of group) {
        if (holds(tape, request, rules)) found[requests.indexOf(request)]?.push(shown);
      }
    }
  }
  return found;
}

/** A test that was renamed left its tape beside the new one's place. */
function* others(folder: string, file: string): Generator<{ readonly file: string; readonly bytes: number }> {
  const seen = new Set([file]);
  for (const start of new Set([dirname(file), folder])) {
    for (const other of listCassettes(start)) {
      if (seen.size > MAX_FILES) return;
      if (seen.has(other.file)) continue;
      seen.add(other.file);
      yield other;
    }
  }
}

function holds(tape: Tape, request: RecordedRequest, rules: MatchRules): boolean {
  try {
    return RecordingIndex.over(tape.interactions, rules).find(request).recordings.length > 0;
  } catch {
    // A rule of the user's may not be made for what is on other tapes.
    return false;
  }
}
