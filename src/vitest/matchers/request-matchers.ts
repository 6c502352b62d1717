import { count } from "../../cassette/count.ts";
import { assertCassette, unknown } from "./support/assert-streams.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import {
  type ComparedRequest,
  compareRequests,
  describeRequest,
  noneSent,
  type RequestExpectation,
  showRequests,
  whyHidden,
} from "./support/sent-request.ts";
import { thereAre } from "./support/words.ts";

type Expected = RequestExpectation | string | RegExp | URL;

/** Checks that the code under test sent such a request; without an argument, any request. */
export function toHaveRequested(this: MatcherContext, received: unknown, expected?: Expected): MatcherResult {
  const compare = compareRequests(this, "toHaveRequested", expected);
  const words = describeRequest(expected);
  const claim = { is: `a ${words}`, isNot: `no ${words}` };
  return assertCassette(this, received, claim, ({ requests, bypassed }) => {
    const compared = compare(requests);
    const matching = indexesOfMatching(compared);
    if (matching.length > 0) {
      const found = `${count(matching.length, "such request")} ${matching.length === 1 ? "was" : "were"} sent`;
      return { holds: true, found, show: () => showRequests(requests, matching, compared) };
    }
    if (compared.some(({ hidden }) => hidden)) return unknown(whyHidden(compared));
    const [closest] = compared
      .map((each, index) => ({ ...each, ...each.closest(), index }))
      .toSorted((a, b) => a.differing.length - b.differing.length || a.distance - b.distance);
    if (closest === undefined) return { holds: false, found: noneSent(bypassed) };
    return {
      holds: false,
      found: `no request matches; request ${closest.index} is closest`,
      show: () => showRequests(requests, [closest.index], compared),
      actual: closest.actual,
      expected: closest.expected,
    };
  });
}

/** Checks how many requests, or how many such requests, the code under test sent. */
export function toHaveRequestedTimes(
  this: MatcherContext,
  received: unknown,
  times: CountRange,
  expected?: Expected,
): MatcherResult {
  const range = countRange("toHaveRequestedTimes", times);
  const compare = compareRequests(this, "toHaveRequestedTimes", expected);
  const words = `${range.words} ${describeRequest(expected, times === 1 ? "request" : "requests")}`;
  const claim = { is: words, isNot: `not ${words}` };
  return assertCassette(this, received, claim, ({ requests, bypassed }) => {
    const compared = compare(requests);
    const matching = indexesOfMatching(compared);
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

function indexesOfMatching(compared: readonly ComparedRequest[]): readonly number[] {
  return compared.flatMap(({ differing }, index) => (differing.length === 0 ? [index] : []));
}
