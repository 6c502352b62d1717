import { isObject } from "../../../cassette/is-object.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import type { EventPattern, SequenceElement } from "../quantifiers.ts";
import { type Quantified, quantifierOf } from "../quantifiers.ts";
import type { MatcherContext } from "./context.ts";
import { hasAllOf, isAboutText, isAsymmetric, isEqual } from "./equality.ts";
import { value } from "./show.ts";

const TYPE_FIELDS = ["type", "event_type", "method", "object"] as const;

/** Whether an event is what a pattern says. */
export function fits(context: MatcherContext, event: TraceEvent, pattern: EventPattern): boolean {
  if (typeof pattern === "string") return isOfType(event, pattern);
  if (pattern instanceof RegExp) return event.type.search(pattern) !== -1;
  if (isAsymmetric(pattern)) {
    // Matchers of texts would never fit a payload, and `expect.not.stringContaining` always would.
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

/** An element of a sequence as messages name it. */
export function label(element: SequenceElement): string {
  const quantifier = quantifierOf(element);
  if (quantifier !== undefined) {
    return `${quantifier}(${(element as Quantified).elements.map(label).join(", ")})`;
  }
  return typeof element === "string" ? element : value(element, 80);
}
