import { findDuplicates } from "../../compare/streams/duplicates.ts";
import { undecoded } from "../../compare/streams/known.ts";
import { findRestart, hasSeveralChoices } from "../../compare/streams/restart.ts";
import { checkNumbering } from "../../compare/streams/sequence-gaps.ts";
import { oneLine } from "../../streams/one-line.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { findGaps } from "./find-gaps.ts";

/** As the matchers have it: fewer repeated words are what a model says. */
const MIN_RUN = 3;
const SHOWN = 60;

/** Says what is wrong with one stream, a line each. */
export function streamProblems(trace: StreamTrace, minGap: number): readonly string[] {
  const gaps = findGaps(
    trace.chunks.map(({ at = 0 }) => at),
    minGap,
  ).map(({ before, ms }) => `gap: ${Math.round(ms)} ms before chunk ${before}`);
  const duplicates = findDuplicates(trace, MIN_RUN).map(
    ({ first, again, how }) => `duplicate: event ${again} repeats event ${first} ${how}`,
  );
  const numbering = checkNumbering(trace.events);
  const jumps =
    "gaps" in numbering
      ? numbering.gaps.map(
          ({ index, from, to }) => `${numbering.field} goes from ${from} to ${to} at event ${index}`,
        )
      : [];
  const end =
    trace.terminated === false
      ? ["end: the provider's end marker is missing, so the stream was cut off"]
      : [];
  return [...gaps, ...jumps, ...duplicates, ...restarts(trace), ...end];
}

function restarts(trace: StreamTrace): readonly string[] {
  if (undecoded(trace) !== undefined || hasSeveralChoices(trace)) return [];
  const restart = findRestart(trace, "text") ?? findRestart(trace, "reasoning");
  if (restart === undefined) return [];
  const { kind, event, sign, repeated } = restart;
  return [`restart: the ${kind} starts over at event ${event}${sign}: "${oneLine(repeated, SHOWN)}"`];
}
