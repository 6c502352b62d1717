import { isObject } from "../../../cassette/is-object.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { type EventPattern, type Quantified, quantifierOf, type SequenceElement } from "../quantifiers.ts";
import { hasAllOf, isAboutText, isAsymmetric, isEqual, type MatcherContext } from "./matcher-context.ts";
import { value } from "./words.ts";

/** What a sequence is matched with: an event of a stream, or anything else that has a name. */
export type SequenceEvent = Pick<TraceEvent, "type" | "event" | "data" | "payload">;

/** How much of a sequence matched the events of a stream. */
export interface SequenceMatch {
  readonly matched: boolean;
  /** Index of the first event that does not match; the number of events if they ended too early. */
  readonly at: number;
  /** What would have matched there. */
  readonly wanted: readonly string[];
}

/** A position in the sequence. It leads to `next` with an event that fits, and to each of `ways` without one. */
interface Node {
  readonly fits?: (event: SequenceEvent) => boolean;
  /** What fits; `undefined` for events that only pass by. */
  readonly label?: string;
  next?: Node;
  readonly ways: Node[];
}

/**
 * Matches a sequence with events. Follows all paths through the sequence at once (Thompson's construction): the
 * cost is at most the number of events times the length of the sequence, with any quantifiers.
 *
 * @param partial whether other events may come before, between and after
 */
export function matchSequence(
  context: MatcherContext,
  elements: readonly SequenceElement[],
  events: readonly SequenceEvent[],
  partial: boolean,
): SequenceMatch {
  const end: Node = { ways: [], label: "the end of the stream" };
  let live = reach([sequence(elements, partial ? passing(end) : end)]);
  // In a partial sequence all nodes stay live: those reached last say how much of it matched.
  const seen = new Set<Node>();
  let latest: SequenceMatch = { matched: false, at: 0, wanted: [] };
  for (let at = 0; ; at++) {
    const event = events[at];
    const fresh = [...live].filter((node) => !partial || !seen.has(node));
    const labels = fresh.flatMap(({ label }) => label ?? []);
    if (labels.length > 0) latest = { matched: false, at, wanted: [...new Set(labels)] };
    for (const node of fresh) seen.add(node);
    if (live.has(end) && (partial || event === undefined)) return { matched: true, at, wanted: [] };
    if (event === undefined || live.size === 0) return latest;
    live = reach(
      [...live].flatMap((node) => (node.next !== undefined && node.fits?.(event) ? [node.next] : [])),
    );
  }

  /** Builds the node from which `elements` lead to `next`. */
  function sequence(elements: readonly SequenceElement[], next: Node): Node {
    return elements.reduceRight<Node>((rest, element) => one(element, rest), next);
  }

  function one(element: SequenceElement, next: Node): Node {
    const { elements } = element as Quantified;
    const again: Node = { ways: [] };
    switch (quantifierOf(element)) {
      case undefined: {
        const pattern = element as EventPattern;
        const node = {
          fits: (event: SequenceEvent) => fits(context, event, pattern),
          label: label(pattern),
          next,
          ways: [],
        };
        return partial ? passing(node) : node;
      }
      case "optional":
        return { ways: [sequence(elements, next), next] };
      case "anyNumberOf":
        again.ways.push(sequence(elements, again), next);
        return again;
      case "oneOrMore":
        again.ways.push(sequence(elements, again), next);
        return again.ways[0] as Node;
      case "anything":
        return passing(next);
    }
  }
}

/** A node that any events may pass on the way to `next`. */
function passing(next: Node): Node {
  const node: Node = { fits: () => true, ways: [next] };
  node.next = node;
  return node;
}

/** Collects what can be reached from `from` without an event. */
function reach(from: readonly Node[]): ReadonlySet<Node> {
  const nodes = new Set(from);
  // The loop visits what it adds.
  for (const node of nodes) for (const way of node.ways) nodes.add(way);
  return nodes;
}

const TYPE_FIELDS = ["type", "event_type", "method", "object"] as const;

/** Tells whether an event matches a pattern. */
function fits(context: MatcherContext, event: SequenceEvent, pattern: EventPattern): boolean {
  if (typeof pattern === "string") return isOfType(event, pattern);
  if (pattern instanceof RegExp) return event.type.search(pattern) !== -1;
  if (isAsymmetric(pattern)) {
    // A matcher for strings would never match a payload, and `expect.not.stringContaining` always would.
    const subject = isAboutText(pattern) ? event.type : (event.payload ?? event.data);
    return isEqual(context, subject, pattern);
  }
  return hasAllOf(context, event.payload, pattern);
}

function isOfType(event: SequenceEvent, type: string): boolean {
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
