import { assertCassette } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { happenedIn, inOrder } from "./support/run-events.ts";
import { value } from "./support/words.ts";

/** Checks that the run has reached a checkpoint. */
export function toHaveReached(
  this: MatcherContext,
  received: unknown,
  label: TextExpectation,
): MatcherResult {
  checkText("toHaveReached", "the label of the checkpoint", label);
  const words = value(label);
  const claim = {
    is: `the checkpoint ${words} to be reached`,
    isNot: `the checkpoint ${words} not to be reached`,
  };
  return assertCassette(this, received, claim, (cassette) => {
    const reached = happenedIn(cassette, "checkpoint");
    return {
      holds: reached.some(({ name }) => isText(this, name, label)),
      found: `these were: ${inOrder(reached)}`,
    };
  });
}
