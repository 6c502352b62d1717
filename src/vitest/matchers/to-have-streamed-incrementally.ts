import { count } from "../../cassette/count.ts";
import { Framer } from "../../streams/framer.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertDecoded } from "./support/assert-streams.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { CONTENT_TYPES } from "./support/printer.ts";
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
    const focus = trace.events.filter(({ hasText }) => hasText).map(({ index }) => index);
    const [first = 0] = focus;
    // Many events in one chunk mean that the answer was held back and then sent at once.
    const atOnce = focus.length > 1 && chunkOf(trace, first) === chunkOf(trace, focus.at(-1) ?? first);
    return {
      holds: focus.length >= minTextEvents && !(atOnce && minTextEvents > 1),
      found: `it arrived in ${count(focus.length, "event")}${atOnce ? ", all in one chunk" : ""}`,
      focus: focus.slice(0, 4),
    };
  });
}

/** Returns the number of the chunk that completed an event. */
function chunkOf({ chunks, framing = "text" }: StreamTrace, event: number): number {
  if (framing === "values") return event;
  const framer = new Framer(CONTENT_TYPES[framing]);
  let completed = 0;
  const index = chunks.findIndex((chunk) => {
    completed += framer.push(chunk).length;
    return completed > event;
  });
  // The end of the stream completes an event that has no blank line after it.
  return index === -1 ? chunks.length - 1 : index;
}
