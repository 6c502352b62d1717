import { numbersOf, repeatedRuns } from "../../compare/streams/duplicates.ts";
import { findGaps } from "./find-gaps.ts";
import type { LoggedPiece, LoggedStream, Side } from "./log-streams.ts";

/** A single piece of fewer bytes may be the same by chance: a model says " the" often. */
const MIN_BYTES = 24;

/** Something that is wrong with one stream. */
export interface PieceProblem {
  readonly kind: "gap" | "duplicate" | "restart" | "lost";
  /** As it reads after the name of the stream. */
  readonly what: string;
  /** When it began and ended, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

/** Finds what is wrong with one stream. */
export function pieceProblems({ pieces, side }: LoggedStream, minGap: number): readonly PieceProblem[] {
  const noun = side === "chunk" ? "chunk" : "piece";
  const gaps = findGaps(
    pieces.map(({ time }) => time),
    minGap,
  ).map(({ before, ms }): PieceProblem => {
    const [last, next] = [pieces[before - 1], pieces[before]];
    const what = `pauses for ${Math.round(ms)} ms before ${noun} ${next?.index}`;
    return { kind: "gap", what, from: last?.time ?? 0, to: next?.time ?? 0 };
  });
  return [...lost(pieces, noun), ...gaps, ...repetitions(pieces, noun)];
}

/** The log numbers pieces without a gap: a missing one was dropped, or its line is gone. */
function lost(pieces: readonly LoggedPiece[], noun: string): readonly PieceProblem[] {
  return pieces.flatMap((piece, position): PieceProblem[] => {
    const before = pieces[position - 1];
    if (before === undefined || piece.index === before.index + 1) return [];
    const what = `has ${noun} ${piece.index} right after ${noun} ${before.index} in the log`;
    return [{ kind: "lost", what, from: before.time, to: piece.time }];
  });
}

function repetitions(pieces: readonly LoggedPiece[], noun: string): readonly PieceProblem[] {
  const contents = numbersOf(pieces.map(({ sha1 }) => sha1));
  return repeatedRuns(contents).flatMap(({ distance, pairs }): PieceProblem[] => {
    const [[first, again] = [0, 0]] = pairs;
    const last = pairs.at(-1)?.[1] ?? again;
    const different = new Set(pairs.map(([position]) => contents[position])).size;
    if (different < 2 && (pieces[first]?.bytes ?? 0) < MIN_BYTES) return [];
    const isRestart = first === 0 && distance === again && different > 1;
    const span = { from: pieces[again]?.time ?? 0, to: pieces[last]?.time ?? 0 };
    const names = (from: number, to: number): string =>
      from === to
        ? `${noun} ${pieces[from]?.index}`
        : `${noun}s ${pieces[from]?.index} to ${pieces[to]?.index}`;
    const lastFirst = Math.max(...pairs.map(([position]) => position));
    const what = isRestart
      ? `starts over at ${names(again, again)}: ${pairs.length} ${noun}s are the same as those at its beginning`
      : `repeats itself: ${names(again, last)} ${again === last ? "is" : "are"} the same as ${names(first, lastFirst)}`;
    return [{ kind: isRestart ? "restart" : "duplicate", what, ...span }];
  });
}

/** Names a side to people. */
export function sideName(side: Side): string {
  return { chunk: "the provider's response", emit: "EMIT", socket_write: "SOCKET_WRITE" }[side];
}
