import { assertCassette, unknown } from "./support/assert-streams.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import {
  compareRequests,
  describeRequest,
  noneSent,
  type RequestExpectation,
  showRequests,
  whyHidden,
} from "./support/sent-request.ts";
import { thereAre } from "./support/words.ts";

/** Checks how many requests, or how many such requests, the code under test sent. */
export function toHaveRequestedTimes(
  this: MatcherContext,
  received: unknown,
  times: CountRange,
  expected?: RequestExpectation | string | RegExp | URL,
): MatcherResult {
  const range = countRange("toHaveRequestedTimes", times);
  const compare = compareRequests(this, "toHaveRequestedTimes", expected);
  const words = `${range.words} ${describeRequest(expected, times === 1 ? "request" : "requests")}`;
  const claim = { is: words, isNot: `not ${words}` };
  return assertCassette(this, received, claim, ({ requests, bypassed }) => {
    const compared = compare(requests);
    const matching = compared.flatMap(({ differing }, index) => (differing.length === 0 ? [index] : []));
    const holds = isWithin(matching.length, range);
    const hidden = compared.filter((each) => each.hidden).length;
    const isDoubtful = Array.from({ length: hidden }, (_, more) => matching.length + more + 1).some(
      (most) => isWithin(most, range) !== holds,
    );
    if (isDoubtful) return unknown(whyHidden(compared));
    if (requests.length === 0 && bypassed.length > 0) return { holds, found: noneSent(bypassed) };
    return {
      holds,
      found: thereAre(matching.length, "request"),
      show: () => showRequests(requests, matching, compared),
    };
  });
}
