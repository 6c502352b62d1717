import { isObject } from "../../../cassette/is-object.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { type EventPattern, type Quantified, quantifierOf, type SequenceElement } from "../quantifiers.ts";
import { hasAllOf, isAboutText, isAsymmetric, isEqual, type MatcherContext } from "./matcher-context.ts";
import { value } from "./words.ts";

/** How much of a sequence matched the events of a stream. */
export interface SequenceMatch {
  readonly matched: boolean;
  /** Index of the first event that does not match; the number of events if they ended too early. */
  readonly at: number;
  /** What would have matched there. */
  readonly wanted: readonly EventPattern[];
  /** Whether the end of the stream would have matched there too. */
  readonly couldEnd: boolean;
}

/** Waits for an event, then continues with `next`. */
interface State {
  /** `undefined` for any event. */
  readonly pattern: EventPattern | undefined;
  next: Node;
}

/** A position in the sequence, with the positions that it reaches without an event. */
interface Node {
  readonly states: State[];
  readonly ways: Node[];
}

/**
 * Matches a sequence with events. Follows all paths through the sequence at once (Thompson's construction): the
 * cost is at most the number of events times the length of the sequence, with any quantifiers.
 *
 * @param partial whether other events may come before, between and after
 */
export function matchSequence(
  elements: readonly SequenceElement[],
  events: readonly TraceEvent[],
  partial: boolean,
  fits: (event: TraceEvent, pattern: EventPattern) => boolean,
): SequenceMatch {
  const end = node();
  const start = new Compiler(partial).sequence(elements, end);
  let live = reach([start]);
  /** Where each state was first reached: the states of a partial sequence stay live until the end. */
  const reached = new Map<State, number>();
  const note = (index: number): void => {
    for (const state of live.states) if (!reached.has(state)) reached.set(state, index);
  };
  note(0);
  for (const [index, event] of events.entries()) {
    if (partial && live.nodes.has(end)) return { matched: true, at: index, wanted: [], couldEnd: true };
    const next: Node[] = [];
    const results = new Map<EventPattern, boolean>();
    for (const state of live.states) {
      const { pattern } = state;
      let fit = pattern === undefined ? true : results.get(pattern);
      if (fit === undefined) {
        fit = fits(event, pattern as EventPattern);
        results.set(pattern as EventPattern, fit);
      }
      if (fit) next.push(state.next);
    }
    if (next.length === 0) return stop(live, end, index);
    live = reach(next);
    note(index + 1);
  }
  if (live.nodes.has(end)) return { matched: true, at: events.length, wanted: [], couldEnd: true };
  if (!partial) return stop(live, end, events.length);
  // All states are still live: the one reached last says how much of the sequence matched.
  const waiting = [...reached].filter(([{ pattern }]) => pattern !== undefined);
  const latest = Math.max(...waiting.map(([, index]) => index));
  const wanted = waiting.flatMap(([{ pattern }, index]) =>
    index === latest && pattern !== undefined ? [pattern] : [],
  );
  return { matched: false, at: latest, wanted: [...new Set(wanted)], couldEnd: false };
}

interface Live {
  readonly nodes: ReadonlySet<Node>;
  readonly states: readonly State[];
}

function stop(live: Live, end: Node, at: number): SequenceMatch {
  const wanted = live.states.flatMap(({ pattern }) => (pattern === undefined ? [] : [pattern]));
  return { matched: false, at, wanted: [...new Set(wanted)], couldEnd: live.nodes.has(end) };
}

/** Collects what can be reached from `from` without an event. */
function reach(from: readonly Node[]): Live {
  const nodes = new Set<Node>();
  const pending = [...from].reverse();
  const states: State[] = [];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (nodes.has(at)) continue;
    nodes.add(at);
    states.push(...at.states);
    pending.push(...at.ways.toReversed());
  }
  return { nodes, states };
}

function node(states: State[] = [], ways: Node[] = []): Node {
  return { states, ways };
}

class Compiler {
  readonly #partial: boolean;

  constructor(partial: boolean) {
    this.#partial = partial;
  }

  /** Builds the node from which `elements` lead to `next`. */
  sequence(elements: readonly SequenceElement[], next: Node): Node {
    return elements.reduceRight<Node>((rest, element) => this.#element(element, rest), next);
  }

  #element(element: SequenceElement, next: Node): Node {
    const { elements } = element as Quantified;
    switch (quantifierOf(element)) {
      case undefined: {
        const place = node([{ pattern: element as EventPattern, next }]);
        if (this.#partial) place.states.push({ pattern: undefined, next: place });
        return place;
      }
      case "optional":
        return node([], [this.sequence(elements, next), next]);
      case "anyNumberOf": {
        const place = node();
        place.ways.push(this.sequence(elements, place), next);
        return place;
      }
      case "oneOrMore": {
        const again = node();
        const first = this.sequence(elements, again);
        again.ways.push(first, next);
        return first;
      }
      case "anything": {
        const place = node([], [next]);
        place.states.push({ pattern: undefined, next: place });
        return place;
      }
    }
  }
}

const TYPE_FIELDS = ["type", "event_type", "method", "object"] as const;

/** Tells whether an event matches a pattern. */
export function fits(context: MatcherContext, event: TraceEvent, pattern: EventPattern): boolean {
  if (typeof pattern === "string") return isOfType(event, pattern);
  if (pattern instanceof RegExp) return event.type.search(pattern) !== -1;
  if (isAsymmetric(pattern)) {
    // A matcher for strings would never match a payload, and `expect.not.stringContaining` always would.
    const subject = isAboutText(pattern) ? event.type : (event.payload ?? event.data);
    return isEqual(context, subject, pattern);
  }
  return hasAllOf(context, event.payload, pattern);
}

function isOfType(event: TraceEvent, type: string): boolean {
  if (event.type === type || event.event === type || event.data === type) return true;
  const { payload } = event;
  return isObject(payload) && TYPE_FIELDS.some((field) => payload[field] === type);
}

/** Prints an element of a sequence for messages. */
export function label(element: SequenceElement): string {
  const quantifier = quantifierOf(element);
  if (quantifier !== undefined) {
    return `${quantifier}(${(element as Quantified).elements.map(label).join(", ")})`;
  }
  return typeof element === "string" ? element : value(element, 80);
}
