import type { AsymmetricMatcher } from "./support/equality.ts";

/**
 * One event of a sequence:
 * - text: its type, which is its SSE or frame name, its payload's `type`, `event_type`, `method` or `object`,
 *   or `[DONE]`
 * - a regular expression, `expect.stringContaining()` and the like: a pattern in its type
 * - an object: what its payload has at least, asymmetric matchers in it included
 * - another asymmetric matcher: held against its payload, or its data where that is no JSON
 */
export type EventPattern = string | RegExp | AsymmetricMatcher | Readonly<Record<string, unknown>>;

/** An element of a sequence: an event, or some number of them. */
export type SequenceElement = EventPattern | Quantified;

const QUANTIFIED = Symbol.for("vitest-cassette.quantified");

/** Some number of events; made by `oneOrMore`, `anyNumberOf`, `optional` and `anything`. */
export interface Quantified {
  readonly [QUANTIFIED]: "oneOrMore" | "anyNumberOf" | "optional" | "anything";
  readonly elements: readonly SequenceElement[];
}

export type Quantifier = Quantified[typeof QUANTIFIED];

/** Once or any number of times; several elements are repeated as a group, in their order. */
export function oneOrMore(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "oneOrMore", elements };
}

/** Any number of times, also not at all; several elements are repeated as a group, in their order. */
export function anyNumberOf(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "anyNumberOf", elements };
}

/** Once or not at all; several elements are there as a group or not at all. */
export function optional(...elements: readonly [SequenceElement, ...SequenceElement[]]): Quantified {
  return { [QUANTIFIED]: "optional", elements };
}

/** Any number of events of any kind, also none. For exactly one event of any kind say `expect.anything()`. */
export function anything(): Quantified {
  return { [QUANTIFIED]: "anything", elements: [] };
}

export function quantifierOf(element: SequenceElement): Quantifier | undefined {
  return typeof element === "object" && QUANTIFIED in element
    ? (element as Quantified)[QUANTIFIED]
    : undefined;
}
