import type { SequenceElement } from "./quantifiers.ts";
import { assertOrder } from "./support/assert-order.ts";
import { checkOptions } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";

export interface StepsOptions {
  /**
   * Whether other steps may come before, between and after those of the sequence.
   * @defaultValue `false`
   */
  readonly partial?: boolean | undefined;
}

/** Checks the steps of the run, in the order in which they began. */
export function toHaveSteps(
  this: MatcherContext,
  received: unknown,
  sequence: readonly SequenceElement[],
  options: StepsOptions = {},
): MatcherResult {
  checkOptions("toHaveSteps", options, ["partial"]);
  return assertOrder(this, "toHaveSteps", received, "step", sequence, options.partial === true);
}
