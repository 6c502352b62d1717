import { count } from "../../cassette/count.ts";
import { assertCassette, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import {
  compareRequests,
  describeRequest,
  noneSent,
  type RequestExpectation,
  showRequests,
  whyHidden,
} from "./support/sent-request.ts";

/** Checks that the code under test sent such a request; without an argument, any request. */
export function toHaveRequested(
  this: MatcherContext,
  received: unknown,
  expected?: RequestExpectation | string | RegExp | URL,
): MatcherResult {
  const compare = compareRequests(this, "toHaveRequested", expected);
  const words = describeRequest(expected);
  const claim = { is: `a ${words}`, isNot: `no ${words}` };
  return assertCassette(this, received, claim, ({ requests, bypassed }) => {
    const compared = compare(requests);
    const matching = compared.flatMap(({ differing }, index) => (differing.length === 0 ? [index] : []));
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
