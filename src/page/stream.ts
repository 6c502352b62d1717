import { bisect } from "../cassette/bisect.ts";
import type { RequestItem } from "./model.ts";

/** The text of one kind that a stream says, and how much of it there is after each chunk. */
export interface GrowingText {
  readonly text: string;
  /** Length of the text after each chunk, in UTF-16 units. */
  readonly ends: readonly number[];
}

/** A request as the page draws it. */
export interface Stream {
  /** Arrival of each chunk, in milliseconds since the request was sent. Without timing, one apart. */
  readonly times: readonly number[];
  readonly isTimed: boolean;
  /** Whether more may come. */
  readonly isRunning: boolean;
  readonly text: GrowingText;
  readonly reasoning: GrowingText;
  readonly toolArguments: GrowingText;
  readonly headers: number | undefined;
  readonly firstToken: number | undefined;
  /** Milliseconds until the last chunk; until now, if more may come. */
  readonly duration: number;
  /** Gaps that stand out: at least a second, or at least 200 ms and ten times the median. */
  readonly stalls: readonly { readonly from: number; readonly to: number }[];
}

/**
 * Reads a request for drawing.
 *
 * @param now milliseconds since the request was sent, if it may still run
 */
export function streamOf({ chunks, result }: RequestItem, now?: number): Stream {
  const isRunning = now !== undefined && result === undefined;
  const isTimed = chunks.every(({ at }) => at !== undefined);
  const times = chunks.map(({ at }, index) => (isTimed ? (at as number) : index));
  const token = chunks.findIndex((chunk) => chunk.text ?? chunk.reasoning ?? chunk.arguments);
  const last = times.at(-1) ?? result?.timing.headers ?? 0;
  const duration = isRunning && isTimed ? Math.max(last, now) : last;
  return {
    times,
    isTimed,
    isRunning,
    text: growing(
      chunks.map(({ text }) => text),
      result?.text,
    ),
    reasoning: growing(
      chunks.map(({ reasoning }) => reasoning),
      result?.reasoning,
    ),
    toolArguments: growing(chunks.map((chunk) => chunk.arguments)),
    headers: result?.timing.headers,
    firstToken: result?.timing.firstToken ?? (isTimed ? times[token] : undefined),
    duration,
    stalls: stallsOf(isRunning && times.length > 0 ? [...times, duration] : times),
  };
}

/** @param whole the text at the end: a live view may miss pieces of it */
function growing(pieces: readonly (string | undefined)[], whole = ""): GrowingText {
  let length = 0;
  const ends = pieces.map((piece) => {
    length += piece?.length ?? 0;
    return length;
  });
  return whole.length <= length
    ? { text: pieces.join(""), ends }
    : { text: whole, ends: ends.with(-1, whole.length) };
}

function stallsOf(times: readonly number[]): Stream["stalls"] {
  const gaps = times.slice(1).map((time, index) => time - (times[index] as number));
  const median = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0;
  const least = Math.min(1_000, Math.max(200, median * 10));
  return gaps.flatMap((gap, index) => {
    const from = times[index] as number;
    return gap >= least ? [{ from, to: from + gap }] : [];
  });
}

/** Returns how many chunks had arrived at a time. */
export function arrivedAt(times: readonly number[], time: number): number {
  return bisect(times.length, (index) => (times[index] as number) > time);
}

/** Returns how much of a growing text had arrived after some chunks, in UTF-16 units. */
export function lengthAfter({ ends }: GrowingText, chunks: number): number {
  return ends[chunks - 1] ?? 0;
}
