import { count } from "../../cassette/count.ts";
import { isObject } from "../../cassette/is-object.ts";
import { list } from "../../cassette/list.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { type Quantified, quantifierOf, type SequenceElement } from "./quantifiers.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { checkOptions, isFields, MatcherArgumentError, reject } from "./support/check-arguments.ts";
import { label, matchSequence, type SequenceMatch } from "./support/event-sequence.ts";
import { isAsymmetric, type MatcherContext, type MatcherResult } from "./support/matcher-context.ts";
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
  if (!Array.isArray(sequence)) reject(MATCHER, "a list of events", sequence);
  for (const [index, element] of sequence.entries()) checkElement(element, `element ${index}`);
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

/** @throws MatcherArgumentError for anything that cannot match an event, also inside a quantifier */
function checkElement(element: unknown, place: string): void {
  if (typeof element === "string" || element instanceof RegExp || isAsymmetric(element)) return;
  const quantifier = isObject(element) ? quantifierOf(element as SequenceElement) : undefined;
  if (quantifier !== undefined) {
    const { elements } = element as Quantified;
    if (quantifier !== "anything" && elements.length === 0)
      throw new MatcherArgumentError(MATCHER, `${place} is ${quantifier}() without elements.`);
    for (const [index, each] of elements.entries())
      checkElement(each, `element ${index} of ${quantifier}() in ${place}`);
  } else if (typeof element === "function") {
    throw new MatcherArgumentError(MATCHER, `${place} is a function. Call it: ${element.name}().`);
  } else if (!isFields(element)) {
    reject(MATCHER, `${place} to be an event type, a pattern, an object or a quantifier`, element);
  }
}
