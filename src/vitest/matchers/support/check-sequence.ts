import { isObject } from "../../../cassette/is-object.ts";
import { MatcherArgumentError } from "../../matcher-argument-error.ts";
import { type Quantified, quantifierOf, type SequenceElement } from "../quantifiers.ts";
import { isFields, reject } from "./check-arguments.ts";
import { isAsymmetric } from "./matcher-context.ts";

/** @throws MatcherArgumentError for anything that is no sequence */
export function checkSequence(matcher: string, sequence: unknown): void {
  if (!Array.isArray(sequence)) reject(matcher, "a list of events", sequence);
  for (const [index, element] of (sequence as unknown[]).entries()) {
    checkElement(matcher, element, `element ${index}`);
  }
}

/** @throws MatcherArgumentError for anything that cannot match an event, also inside a quantifier */
function checkElement(matcher: string, element: unknown, place: string): void {
  if (typeof element === "string" || element instanceof RegExp || isAsymmetric(element)) return;
  const quantifier = isObject(element) ? quantifierOf(element as SequenceElement) : undefined;
  if (quantifier !== undefined) {
    const { elements } = element as Quantified;
    if (quantifier !== "anything" && elements.length === 0)
      throw new MatcherArgumentError(matcher, `${place} is ${quantifier}() without elements.`);
    for (const [index, each] of elements.entries())
      checkElement(matcher, each, `element ${index} of ${quantifier}() in ${place}`);
  } else if (typeof element === "function") {
    throw new MatcherArgumentError(matcher, `${place} is a function. Call it: ${element.name}().`);
  } else if (!isFields(element)) {
    reject(matcher, `${place} to be an event type, a pattern, an object or a quantifier`, element);
  }
}
