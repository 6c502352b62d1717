import type { SequenceElement } from "./quantifiers.ts";
import { assertOrder } from "./support/assert-order.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";

/** Checks that tools and functions were called in this order; other calls may come between. */
export function toHaveCallOrder(
  this: MatcherContext,
  received: unknown,
  sequence: readonly SequenceElement[],
): MatcherResult {
  return assertOrder(this, "toHaveCallOrder", received, "call", sequence, true);
}
