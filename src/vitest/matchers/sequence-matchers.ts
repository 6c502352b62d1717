import { count } from "../../cassette/count.ts";
import { list } from "../../cassette/list.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { SequenceElement } from "./quantifiers.ts";
import { checkOptions } from "./support/check-arguments.ts";
import { checkSequence } from "./support/check-sequence.ts";
import { label, matchSequence, type SequenceMatch } from "./support/event-sequence.ts";
import { type Called, type CassetteCheck, cassetteMatcher, streamMatcher } from "./support/matcher.ts";
import { callsOf, happenedIn, inOrder, sequenceEvents } from "./support/run-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { cut } from "./support/words.ts";

export interface StepsOptions {
  /**
   * Whether other steps may come before, between and after those of the sequence.
   * @defaultValue `false`
   */
  readonly partial?: boolean | undefined;
}

export interface EventSequenceOptions extends StreamMatcherOptions {
  /**
   * Whether other events may come before, between and after those of the sequence.
   * @defaultValue `false`
   */
  readonly partial?: boolean | undefined;
}

/** Checks the events of the stream, in order. */
export const toHaveEventSequence = streamMatcher(
  "toHaveEventSequence",
  ({ matcher, context }, sequence: readonly SequenceElement[], options: EventSequenceOptions = {}) => {
    checkSequence(matcher, sequence);
    checkOptions(matcher, options, ["partial", "all"]);
    const { partial = false, all } = options;
    const words = cut(sequence.map(label).join(", "), 400);
    return {
      options: { all },
      is: `the events ${words}`,
      isNot: `other events than ${words}`,
      check(trace) {
        const match = matchSequence(context, sequence, trace.events, partial);
        if (match.matched) return { holds: true, found: "that is what arrived" };
        const at = Math.min(match.at, trace.events.length - 1);
        return {
          holds: false,
          found: partial ? missing(match) : stopped(trace, match),
          focus: partial ? [match.at - 1] : [at],
        };
      },
    };
  },
);

/** Checks the steps of the run, in the order in which they began. */
export const toHaveSteps = cassetteMatcher(
  "toHaveSteps",
  (called, sequence: readonly SequenceElement[], options: StepsOptions = {}) => {
    checkOptions(called.matcher, options, ["partial"]);
    return checkOrder(called, "step", sequence, options.partial === true);
  },
);

/** Checks that tools and functions were called in this order; other calls may come between. */
export const toHaveCallOrder = cassetteMatcher(
  "toHaveCallOrder",
  (called, sequence: readonly SequenceElement[]) => checkOrder(called, "call", sequence, true),
);

/** Checks the calls or steps of a run with a sequence. */
function checkOrder(
  { matcher, context }: Called,
  kind: "call" | "step",
  sequence: readonly SequenceElement[],
  partial: boolean,
): CassetteCheck {
  checkSequence(matcher, sequence);
  const words = cut(sequence.map(label).join(", "), 400) || "none";
  const check: CassetteCheck["check"] = (cassette) => {
    const happened = kind === "call" ? callsOf(cassette) : happenedIn(cassette, kind);
    const made = `these were made: ${inOrder(happened)}`;
    const match = matchSequence(context, sequence, sequenceEvents(happened), partial);
    if (match.matched) return { holds: true, found: made };
    const wanted = match.wanted.map((each) => (each === "the end of the stream" ? "the end" : each));
    const after = match.at === 0 ? "" : ` after ${kind} ${match.at}`;
    return { holds: false, found: `there is no ${list(wanted, "or")}${after}; ${made}` };
  };
  return { is: `the ${kind}s ${words}`, isNot: `other ${kind}s than ${words}`, check };
}

function missing({ at, wanted }: SequenceMatch): string {
  return `there is no ${list(wanted, "or")}${at === 0 ? "" : ` after event ${at - 1}`}`;
}

function stopped({ events }: StreamTrace, { at, wanted }: SequenceMatch): string {
  const event = events[at];
  return event === undefined
    ? `the stream ended after ${count(at, "event")}, before ${list(wanted, "or")}`
    : `it stops matching at event ${at}: ${cut(event.type, 40)} instead of ${list(wanted, "or")}`;
}
