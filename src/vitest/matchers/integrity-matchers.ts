import { count } from "../../cassette/count.ts";
import { list } from "../../cassette/list.ts";
import { findDuplicates } from "../../compare/streams/duplicates.ts";
import { findRestart, hasSeveralChoices } from "../../compare/streams/restart.ts";
import { checkNumbering } from "../../compare/streams/sequence-gaps.ts";
import { Framer } from "../../streams/framer.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { checkNumber, checkOptions } from "./support/check-arguments.ts";
import { ifDecoded, streamMatcher, unknown } from "./support/matcher.ts";
import { CONTENT_TYPES } from "./support/printer.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote } from "./support/words.ts";

export interface DuplicateOptions extends StreamMatcherOptions {
  /**
   * How many different words repeated events must contain to be duplicates. Raise it for streams in which the model
   * repeats itself, such as the chorus of a song. With `1`, any word that comes twice in a row is a duplicate.
   * @defaultValue `3`
   */
  readonly minRun?: number | undefined;
}

export interface IncrementalOptions extends StreamMatcherOptions {
  /**
   * How many events with visible text the stream must have.
   * @defaultValue `2`
   */
  readonly minTextEvents?: number | undefined;
}

/** Checks that no event was delivered twice. A few repeated words ("ha ha ha") are not duplicates. */
export const toHaveNoDuplicateEvents = streamMatcher(
  "toHaveNoDuplicateEvents",
  ({ matcher }, options: DuplicateOptions = {}) => {
    checkOptions(matcher, options, ["minRun", "all"]);
    const { minRun = 3, all } = options;
    checkNumber(matcher, "`minRun`", minRun);
    return {
      options: { all },
      is: "no duplicate events",
      isNot: "duplicate events",
      check(trace) {
        if (trace.events.length === 0) return unknown("the stream has no events");
        const duplicates = findDuplicates(trace, minRun);
        const [first] = duplicates;
        const words = duplicates.map(({ first, again }) => `event ${again} repeats event ${first}`);
        return {
          holds: duplicates.length === 0,
          found: first
            ? `${list(words, "and", 4)} ${first.how}`
            : `there are none among ${count(trace.events.length, "event")}`,
          focus: duplicates.map(({ again }) => again),
        };
      },
    };
  },
);

/** Checks that the provider's own numbers (`sequence_number`, or numeric SSE ids) go up by one. */
export const toHaveNoSequenceGaps = streamMatcher(
  "toHaveNoSequenceGaps",
  (_, options?: StreamMatcherOptions) => ({
    options,
    is: "no gaps in the numbers of the events",
    isNot: "a gap in the numbers of the events",
    check({ events }) {
      const numbering = checkNumbering(events);
      if ("unknown" in numbering) return unknown(numbering.unknown);
      const { field, count, gaps } = numbering;
      const words = gaps.map(({ index, from, to }) => `from ${from} to ${to} at event ${index}`);
      const how = gaps.length === 0 ? `up by one in ${count} events` : list(words, "and", 5);
      return {
        holds: gaps.length === 0,
        found: `${field} goes ${how}`,
        focus: gaps.map(({ index }) => index),
      };
    },
  }),
);

/** Checks that the text does not start over in the middle of the stream. */
export const toHaveNoRestart = streamMatcher("toHaveNoRestart", (_, options?: StreamMatcherOptions) => ({
  options,
  is: "no restart of the text",
  isNot: "a restart of the text",
  check: ifDecoded((trace) => {
    if (hasSeveralChoices(trace)) return unknown("the stream mixes the texts of several choices");
    const restart = findRestart(trace, "text") ?? findRestart(trace, "reasoning");
    if (restart === undefined) return { holds: true, found: "there is none" };
    const { kind, event, sign, repeated } = restart;
    const found = `the ${kind} starts over at event ${event}${sign}: ${quote(repeated)} is repeated`;
    return { holds: false, found, focus: [event] };
  }),
}));

/** Checks that the visible text arrived in several events, and in more than one chunk. */
export const toHaveStreamedIncrementally = streamMatcher(
  "toHaveStreamedIncrementally",
  ({ matcher }, options: IncrementalOptions = {}) => {
    checkOptions(matcher, options, ["minTextEvents", "all"]);
    const { minTextEvents = 2, all } = options;
    checkNumber(matcher, "`minTextEvents`", minTextEvents);
    const events = count(minTextEvents, "event");
    return {
      options: { all },
      is: `the text in ${events} or more`,
      isNot: `the text in fewer than ${events}`,
      check: ifDecoded((trace) => {
        const focus = trace.events.filter(({ hasText }) => hasText).map(({ index }) => index);
        const [first = 0] = focus;
        // Many events in one chunk mean that the answer was held back and then sent at once.
        const atOnce = focus.length > 1 && chunkOf(trace, first) === chunkOf(trace, focus.at(-1) ?? first);
        return {
          holds: focus.length >= minTextEvents && !(atOnce && minTextEvents > 1),
          found: `it arrived in ${count(focus.length, "event")}${atOnce ? ", all in one chunk" : ""}`,
          focus: focus.slice(0, 4),
        };
      }),
    };
  },
);

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
