import { count } from "../../cassette/count.ts";
import { isObject } from "../../cassette/is-object.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { type Quantified, quantifierOf, type SequenceElement } from "./quantifiers.ts";
import { assertStreams } from "./support/assert-streams.ts";
import { checkOptions, isFields, MatcherArgumentError } from "./support/check-arguments.ts";
import { fits, label, matchSequence, type SequenceMatch } from "./support/event-sequence.ts";
import { isAsymmetric, type MatcherContext, type MatcherResult } from "./support/matcher-context.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { cut, list, value } from "./support/words.ts";

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
  check(sequence, options);
  const { partial = false, all } = options;
  const claim = partial
    ? { is: "these events in this order", isNot: "no such events in this order" }
    : { is: "this sequence of events", isNot: "another sequence of events" };
  const labels = sequence.map(label);
  return assertStreams(this, "toHaveEventSequence", received, { all }, claim, (trace) => {
    const match = matchSequence(sequence, trace.events, partial, (event, pattern) =>
      fits(this, event, pattern),
    );
    return {
      holds: match.matched,
      found: match.matched ? "that is what arrived" : stopped(trace, match, partial),
      show: () => `${indented(labels)}\n\n${showEvents(trace, focusOf(trace, match, partial), 3)}`,
    };
  });
}

function stopped({ events }: StreamTrace, match: SequenceMatch, partial: boolean): string {
  const labels = match.wanted.map((each) => label(each));
  if (match.couldEnd) labels.push("the end of the stream");
  const wanted = list(labels, "or");
  if (partial) {
    const after = match.at === 0 ? "" : ` after event ${match.at - 1}`;
    return `there is no ${wanted}${after}`;
  }
  const event = events[match.at];
  return event === undefined
    ? `the stream ended after ${count(match.at, "event")}, before ${wanted}`
    : `it stops matching at event ${match.at}: ${cut(event.type, 40)} instead of ${wanted}`;
}

function focusOf({ events }: StreamTrace, match: SequenceMatch, partial: boolean): readonly number[] {
  if (match.matched || events.length === 0) return [];
  const at = partial ? match.at - 1 : match.at;
  return at < 0 ? [] : [Math.min(at, events.length - 1)];
}

/** Wraps the sequence over several lines. */
function indented(labels: readonly string[]): string {
  const lines = [""];
  for (const [index, each] of labels.entries()) {
    const piece = index < labels.length - 1 ? `${each}, ` : each;
    const last = lines.length - 1;
    if (lines[last] !== "" && `${lines[last]}${piece}`.length > 96) lines.push(piece);
    else lines[last] += piece;
  }
  return lines.map((line) => `    ${line}`.trimEnd()).join("\n");
}

function check(sequence: unknown, options: EventSequenceOptions): void {
  if (!Array.isArray(sequence)) {
    throw wrong(`expected a list of events, got ${value(sequence)}.`);
  }
  for (const [index, element] of sequence.entries()) checkElement(element, `element ${index}`);
  checkOptions("toHaveEventSequence", options, ["partial", "all"]);
}

/** @throws MatcherArgumentError for anything that cannot match an event, also inside a quantifier */
function checkElement(element: unknown, place: string): void {
  if (typeof element === "string" || element instanceof RegExp || isAsymmetric(element)) return;
  const quantifier = isObject(element) ? quantifierOf(element as SequenceElement) : undefined;
  if (quantifier !== undefined) {
    const { elements } = element as Quantified;
    if (quantifier !== "anything" && elements.length === 0)
      throw wrong(`${place} is ${quantifier}() without elements.`);
    for (const [index, each] of elements.entries())
      checkElement(each, `element ${index} of ${quantifier}() in ${place}`);
    return;
  }
  if (isFields(element)) return;
  const hint = Array.isArray(element)
    ? " Use a quantifier to group events: oneOrMore('a', 'b')."
    : typeof element === "function"
      ? ` Call it: ${element.name}().`
      : "";
  throw wrong(
    `expected ${place} to be an event type, a pattern or a quantifier, got ${value(element)}.${hint}`,
  );
}

function wrong(why: string): MatcherArgumentError {
  return new MatcherArgumentError("toHaveEventSequence", why);
}
