import { hash } from "node:crypto";
import { count } from "../cassette/count.ts";
import { list } from "../cassette/list.ts";
import { stableText } from "../matching/stable-text.ts";
import type { Difference } from "./differences.ts";
import {
  type MissFacts,
  type NearestFacts,
  rejectedByMatcher,
  requestLine,
  requestLineAndAbout,
} from "./miss-facts.ts";
import { nextSteps } from "./next-steps.ts";
import { showDifference } from "./show-difference.ts";

/** How many differences a message shows. */
const MAX_SHOWN = 8;

/** Explains a miss in full: what happened, the facts, what to do next. */
export function explainMiss(facts: MissFacts): string {
  return [
    `Failed to play ${requestLine(facts.request)}: ${why(facts)}.`,
    factLines(facts).join("\n"),
    // Of secrets there is nothing to show.
    ...differenceBlock((!facts.nearest?.otherSecret && facts.nearest?.differences) || []),
    ...nextSteps(facts),
  ].join("\n\n");
}

/** Explains a miss in one line. */
export function summarizeMiss(facts: MissFacts): string {
  const paths = facts.nearest?.differences.map(({ path }) => path) ?? [];
  const differs =
    facts.reason === "different" && facts.nearest !== undefined && paths.length > 0
      ? ` (recording ${facts.nearest.position} differs in ${list(paths, "and", 3)})`
      : "";
  return `${requestLine(facts.request)}: ${why(facts)}${differs}`;
}

export interface SubstitutionWarning {
  /** `undefined` if every difference was printed before. */
  readonly text: string | undefined;
  /** One for each difference, to recognize it the next time. */
  readonly keys: readonly string[];
}

/**
 * Explains that warn mode played another recording, with the differences that were not printed before.
 *
 * @param printed - the keys of earlier warnings
 */
export function explainSubstitution(facts: MissFacts, printed: ReadonlySet<string>): SubstitutionWarning {
  const differences = facts.nearest?.differences ?? [];
  const keyed = differences.map((difference) => ({ difference, key: differenceKey(facts, difference) }));
  const keys = keyed.length > 0 ? keyed.map(({ key }) => key) : [whyKey(facts)];
  if (keys.every((key) => printed.has(key))) return { text: undefined, keys };
  const fresh = keyed.filter(({ key }) => !printed.has(key)).map(({ difference }) => difference);
  const nearest = facts.nearest === undefined ? undefined : { ...facts.nearest, differences: fresh };
  const shown = { ...facts, nearest };
  const text = [
    `Played recording ${facts.nearest?.position ?? 0} for ${requestLine(facts.request)}: ${why(facts)}.`,
    factLines(shown).join("\n"),
    ...differenceBlock(fresh),
    ...nextSteps(shown),
  ].join("\n\n");
  return { text, keys };
}

function differenceKey({ cassette }: MissFacts, { path, kind, live, recorded }: Difference): string {
  const text = stableText([cassette, path, kind, live ?? null, recorded ?? null]);
  return hash("sha256", text, "base64url").slice(0, 16);
}

function whyKey({ cassette, reason, request }: MissFacts): string {
  return `${cassette} ${reason} ${requestLine(request)}`;
}

function why(facts: MissFacts): string {
  const { reason, recordings, nearest } = facts;
  switch (reason) {
    case "no-tape":
      return "there is no cassette yet";
    case "not-recorded":
      return recordings === 0
        ? "the cassette is empty"
        : "the cassette has no recording of this method, origin and path";
    case "different":
      if (rejectedByMatcher(facts)) return "match.by rejected every recording";
      return nearest?.otherSecret ? "it has another secret than the recording" : "no recording matches it";
    case "used-up": {
      const times = nearest?.timesRecorded ?? 1;
      return times === 1
        ? "it was recorded once, and that recording has already been played"
        : `it was recorded ${times} times, and all of these recordings have already been played`;
    }
    case "out-of-order":
      return "it was sent out of order";
  }
}

function factLines(facts: MissFacts): readonly string[] {
  const { cassette, recordings, reason, mode, recordingOff, nearest, expectedNext, request } = facts;
  const size = reason === "no-tape" ? "no such file" : count(recordings, "recording");
  const lines = [`  cassette  ${cassette} (${size})`, `  mode      ${mode} (not recording: ${recordingOff})`];
  // If there is no comparison to read, the URL alone does not say which request of its API it was.
  const isCompared = nearest !== undefined && nearest.differences.length > 0;
  if (request.about !== undefined && !isCompared) lines.push(`  request   ${request.about}`);
  if (expectedNext !== undefined) {
    lines.push(`  expected  recording ${expectedNext.position}, ${requestLineAndAbout(expectedNext)}`);
  }
  if (nearest !== undefined) lines.push(`  nearest   ${nearestLine(nearest)}`);
  return lines;
}

function nearestLine(nearest: NearestFacts): string {
  const played =
    nearest.played === 0
      ? "not played yet"
      : nearest.played === 1
        ? "already played"
        : `played ${count(nearest.played, "time")}`;
  const times = nearest.timesRecorded > 1 ? `, recorded ${nearest.timesRecorded} times` : "";
  const request = nearest.sameEndpoint ? "" : `, ${requestLine(nearest)}`;
  return `recording ${nearest.position}${request}, ${played}${times}`;
}

function differenceBlock(differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return [];
  const shown = differences.slice(0, MAX_SHOWN);
  const width = Math.min(Math.max(...shown.map(({ path }) => path.length)), 64);
  const lines = shown.map((each) => `    ${each.path.padEnd(width)}  ${showDifference(each)}`);
  const others = differences.slice(MAX_SHOWN).map(({ path }) => path);
  if (others.length > 0) lines.push(`    and ${others.length} more: ${list(others, "and", 5)}`);
  return [["  differs   (recorded → live)", ...lines].join("\n")];
}
