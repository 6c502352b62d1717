import { hash } from "node:crypto";
import { stableText } from "../matching/stable-text.ts";
import type { Difference } from "./differences.ts";
import { type MissFacts, type NearestFacts, type RequestLine, saidByMatcher } from "./miss.ts";
import { nextSteps } from "./next-steps.ts";
import { showDifference } from "./show-value.ts";

/** So many differing fields are shown with both values. */
const MOST_SHOWN = 6;

/** A miss in full: what happened, the facts, what to do next. */
export function explainMiss(facts: MissFacts): string {
  return [
    `Failed to play ${requestLine(facts.request)}: ${why(facts)}.`,
    factLines(facts).join("\n"),
    ...differenceBlock(facts.nearest?.differences ?? []),
    ...nextSteps(facts),
  ].join("\n\n");
}

/** A miss in one line. */
export function summariseMiss(facts: MissFacts): string {
  const paths = facts.nearest?.differences.map(({ path }) => path) ?? [];
  const shown = paths.slice(0, 3).join(", ");
  const more = paths.length > 3 ? ` and ${paths.length - 3} more` : "";
  const differs =
    facts.reason === "different" && facts.nearest !== undefined && paths.length > 0
      ? ` (recording ${facts.nearest.position} differs in ${shown}${more})`
      : "";
  return `${requestLine(facts.request)}: ${why(facts)}${differs}`;
}

export interface SubstitutionWarning {
  /** `undefined` where every difference was printed before. */
  readonly text: string | undefined;
  /** One for each difference, to be known the next time. */
  readonly keys: readonly string[];
}

/**
 * Says that another recording was played in a request's place, with what of the difference was not
 * printed before.
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
  const told = { ...facts, nearest };
  const text = [
    `Played recording ${facts.nearest?.position ?? 0} for ${requestLine(facts.request)}: ${why(facts)}.`,
    factLines(told).join("\n"),
    ...differenceBlock(fresh),
    ...nextSteps(told),
  ].join("\n\n");
  return { text, keys };
}

function differenceKey({ cassette }: MissFacts, { path, kind, live, recorded }: Difference): string {
  return hash(
    "sha256",
    stableText([cassette, path, kind, live ?? null, recorded ?? null]),
    "base64url",
  ).slice(0, 16);
}

function whyKey({ cassette, reason, request }: MissFacts): string {
  return `${cassette} ${reason} ${requestLine(request)}`;
}

export function requestLine({ method, url }: RequestLine): string {
  return `${method} ${url}`;
}

/** `POST https://api.openai.com/v1/responses · gpt-5-mini, "Tell me a joke."` */
export function requestLineAndAbout(line: RequestLine): string {
  return line.about === undefined ? requestLine(line) : `${requestLine(line)} · ${line.about}`;
}

function why({ reason, recordings, nearest }: MissFacts): string {
  switch (reason) {
    case "no-tape":
      return "there is no cassette yet";
    case "not-recorded":
      return recordings === 0
        ? "the cassette is empty"
        : "the cassette has no recording of this method, origin and path";
    case "different":
      return saidByMatcher({ reason, nearest })
        ? "match.by took no recording for it"
        : "no recording is equal to it";
    case "used-up": {
      const times = nearest?.timesRecorded ?? 1;
      return times === 1
        ? "it was recorded once, and that recording was played already"
        : `it was recorded ${times} times, and all of them were played already`;
    }
    case "out-of-order":
      return "it is not its turn";
  }
}

function factLines(facts: MissFacts): readonly string[] {
  const { cassette, recordings, reason, mode, recordingOff, nearest, expectedNext, request } = facts;
  const many =
    reason === "no-tape" ? "no such file" : `${recordings} recording${recordings === 1 ? "" : "s"}`;
  const lines = [
    `  cassette  ${cassette} (${many})`,
    `  mode      ${mode}, recording is off: ${recordingOff}`,
  ];
  // Where it is not held against another, the request line alone does not tell it from others of its API.
  const isShown = nearest !== undefined && nearest.differences.length > 0;
  if (request.about !== undefined && !isShown) lines.push(`  request   ${request.about}`);
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
        ? "played already"
        : `played ${nearest.played} times`;
  const times = nearest.timesRecorded > 1 ? `, recorded ${nearest.timesRecorded} times` : "";
  const request = nearest.sameEndpoint ? "" : `, ${requestLine(nearest)}`;
  return `recording ${nearest.position}${request}, ${played}${times}`;
}

function differenceBlock(differences: readonly Difference[]): readonly string[] {
  if (differences.length === 0) return [];
  const lines = differences.slice(0, MOST_SHOWN).flatMap((difference) => {
    const { live, recorded } = showDifference(difference);
    return [`  ${difference.path}`, `    live      ${live}`, `    recorded  ${recorded}`];
  });
  const more = differences.length - MOST_SHOWN;
  if (more > 0) lines.push(`  and ${more} more: ${listPaths(differences.slice(MOST_SHOWN))}`);
  return [lines.join("\n")];
}

function listPaths(differences: readonly Difference[]): string {
  const paths = differences.slice(0, 5).map(({ path }) => path);
  return `${paths.join(", ")}${differences.length > 5 ? ", …" : ""}`;
}
