import { count } from "../../cassette/count.ts";
import { checkNumber, checkOptions } from "./support/arguments.ts";
import { judgeStreams } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { eventsByChunk } from "./support/events-by-chunk.ts";
import { piecesOf } from "./support/pieces.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { unread } from "./support/unread.ts";

export interface IncrementalOptions extends StreamMatcherOptions {
  /**
   * How many events with visible text there have to be.
   * @defaultValue `2`
   */
  readonly minTextEvents?: number | undefined;
}

/** The answer came in pieces: several events with visible text, and in more than one read. */
export function toHaveStreamedIncrementally(
  this: MatcherContext,
  received: unknown,
  options: IncrementalOptions = {},
): MatcherResult {
  checkOptions("toHaveStreamedIncrementally", options, ["minTextEvents", "all"]);
  const { minTextEvents = 2, all } = options;
  checkNumber("toHaveStreamedIncrementally", "`minTextEvents`", minTextEvents);
  const claim = {
    is: `the text in ${count(minTextEvents, "event")} or more`,
    isNot: `the text in fewer than ${count(minTextEvents, "event")}`,
  };
  return judgeStreams(this, "toHaveStreamedIncrementally", received, { all }, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    const pieces = piecesOf(trace, "text");
    const focus = pieces.slice(0, 4).map(({ event }) => event.index);
    const show = (): string => showEvents(trace, focus);
    // Many events in a single read are an answer that was held back and then sent at once.
    const reads = eventsByChunk(trace)?.filter((events) => events.some(({ hasText }) => hasText)).length;
    const atOnce = pieces.length > 1 && reads === 1;
    const came = pieces.length === 0 ? "there is no text" : `it came in ${count(pieces.length, "event")}`;
    return {
      holds: pieces.length >= minTextEvents && !(atOnce && minTextEvents > 1),
      found: atOnce ? `${came}, all of them in one read` : came,
      show,
    };
  });
}
