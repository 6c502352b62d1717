import { count } from "../../cassette/count.ts";
import { assertDecoded } from "./support/assert-streams.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { piecesOf } from "./support/pieces.ts";
import { eventsByChunk, showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

export interface IncrementalOptions extends StreamMatcherOptions {
  /**
   * How many events with visible text the stream must have.
   * @defaultValue `2`
   */
  readonly minTextEvents?: number | undefined;
}

/** Checks that the visible text arrived in several events, and in more than one chunk. */
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
  return assertDecoded(this, "toHaveStreamedIncrementally", received, { all }, claim, (trace) => {
    const pieces = piecesOf(trace, "text");
    const focus = pieces.slice(0, 4).map(({ event }) => event.index);
    const show = (): string => showEvents(trace, focus);
    // Many events in one chunk mean that the answer was held back and then sent at once.
    const chunksWithText = eventsByChunk(trace)?.filter((events) =>
      events.some(({ hasText }) => hasText),
    ).length;
    const atOnce = pieces.length > 1 && chunksWithText === 1;
    const arrived =
      pieces.length === 0 ? "there is no text" : `it arrived in ${count(pieces.length, "event")}`;
    return {
      holds: pieces.length >= minTextEvents && !(atOnce && minTextEvents > 1),
      found: atOnce ? `${arrived}, all in one chunk` : arrived,
      show,
    };
  });
}
