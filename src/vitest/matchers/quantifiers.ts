import type { AsymmetricMatcher } from "./support/matcher-context.ts";

/**
 * One event of a sequence:
 * - a string: its type, which is its SSE or frame name, its payload's `type`, `event_type`, `method` or `object`,
 *   or `[DONE]`
 * - a regular expression, or a string matcher such as `expect.stringContaining()`: a pattern in its type
 * - an object: fields that its payload has at least; may contain asymmetric matchers
 * - another asymmetric matcher: compared with its payload, or with its data if that is not JSON
 */
export type EventPattern = string | RegExp | AsymmetricMatcher | Readonly<Record<string, unknown>>;

/** An element of a sequence: one event, or a number of events. */
export type SequenceElement = EventPattern | Quantified;

const QUANTIFIED = Symbol.for("vitest-cassette.quantified");

/** A number of events, from `oneOrMore`, `anyNumberOf`, `optional` or `anything`. */
export interface Quantified {
  readonly [QUANTIFIED]: "oneOrMore" | "anyNumberOf" | "optional" | "anything";
  readonly elements: readonly SequenceElement[];
}

export type Quantifier = Quantified[typeof QUANTIFIED];

/** Matches one or more times. Several elements repeat as a group, in this order. */
export function oneOrMore(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "oneOrMore", elements };
}

/** Matches zero or more times. Several elements repeat as a group, in this order. */
export function anyNumberOf(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "anyNumberOf", elements };
}

/** Matches once or not at all. Several elements match as a group. */
export function optional(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "optional", elements };
}

/** Matches any events, or none. Use `expect.anything()` to match exactly one event of any kind. */
export function anything(): Quantified {
  return { [QUANTIFIED]: "anything", elements: [] };
}

export function quantifierOf(element: SequenceElement): Quantifier | undefined {
  return typeof element === "object" && QUANTIFIED in element
    ? (element as Quantified)[QUANTIFIED]
    : undefined;
}
