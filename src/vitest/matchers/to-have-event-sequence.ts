import { count } from "../../cassette/count.ts";
import { list } from "../../cassette/list.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { SequenceElement } from "./quantifiers.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { checkOptions } from "./support/check-arguments.ts";
import { checkSequence } from "./support/check-sequence.ts";
import { label, matchSequence, type SequenceMatch } from "./support/event-sequence.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { cut } from "./support/words.ts";

const MATCHER = "toHaveEventSequence";

export interface EventSequenceOptions extends StreamMatcherOptions {
  /**
   * Whether other events may come before, between and after those of the sequence.
   * @defaultValue `false`
   */
  readonly partial?: boolean | undefined;
}

/** Checks the events of the stream, in order. */
export function toHaveEventSequence(
  this: MatcherContext,
  received: unknown,
  sequence: readonly SequenceElement[],
  options: EventSequenceOptions = {},
): MatcherResult {
  checkSequence(MATCHER, sequence);
  checkOptions(MATCHER, options, ["partial", "all"]);
  const { partial = false, all } = options;
  const words = cut(sequence.map(label).join(", "), 400);
  const claim = { is: `the events ${words}`, isNot: `other events than ${words}` };
  return assertStreams(this, MATCHER, received, { all }, claim, (trace) => {
    const match = matchSequence(this, sequence, trace.events, partial);
    if (match.matched) return { holds: true, found: "that is what arrived" };
    const at = Math.min(match.at, trace.events.length - 1);
    return {
      holds: false,
      found: partial ? missing(match) : stopped(trace, match),
      focus: partial ? [match.at - 1] : [at],
    };
  });
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
