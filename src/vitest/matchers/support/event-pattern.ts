import { isObject } from "../../../cassette/is-object.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { type EventPattern, type Quantified, quantifierOf, type SequenceElement } from "../quantifiers.ts";
import { hasAllOf, isAboutText, isAsymmetric, isEqual, type MatcherContext } from "./matcher-context.ts";
import { value } from "./words.ts";

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
