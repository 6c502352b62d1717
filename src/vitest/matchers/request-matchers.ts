import { count } from "../../cassette/count.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import { cassetteMatcher, unknown } from "./support/matcher.ts";
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
export const toHaveRequested = cassetteMatcher("toHaveRequested", (called, expected?: Expected) => {
  const compare = compareRequests(called, expected);
  const words = describeRequest(expected);
  return {
    is: `a ${words}`,
    isNot: `no ${words}`,
    check({ requests, bypassed }) {
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
      const { index, actual, expected } = closest;
      return {
        holds: false,
        found: `no request matches; request ${index} is closest`,
        show: () => showRequests(requests, [index], compared),
        actual,
        expected,
      };
    },
  };
});

/** Checks how many requests, or how many such requests, the code under test sent. */
export const toHaveRequestedTimes = cassetteMatcher(
  "toHaveRequestedTimes",
  (called, times: CountRange, expected?: Expected) => {
    const range = countRange(called.matcher, times);
    const compare = compareRequests(called, expected);
    const words = `${range.words} ${describeRequest(expected, times === 1 ? "request" : "requests")}`;
    return {
      is: words,
      isNot: `not ${words}`,
      check({ requests, bypassed }) {
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
      },
    };
  },
);

function indexesOfMatching(compared: readonly ComparedRequest[]): readonly number[] {
  return compared.flatMap(({ differing }, index) => (differing.length === 0 ? [index] : []));
}
