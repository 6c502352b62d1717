import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { judgeCassette } from "./support/judge-cassette.ts";
import { type CountRange, countRange, isWithin } from "./support/number-range.ts";
import {
  describeRequest,
  differingFields,
  type RequestExpectation,
  requestExpectation,
} from "./support/sent-request.ts";
import { thereAre } from "./support/show.ts";
import { showRequests } from "./support/show-requests.ts";

/** The code under test sent so many requests, or so many such requests. */
export function toHaveRequestedTimes(
  this: MatcherContext,
  received: unknown,
  times: CountRange,
  expected?: RequestExpectation | string | RegExp | URL,
): MatcherResult {
  const range = countRange("toHaveRequestedTimes", times);
  const wanted = requestExpectation("toHaveRequestedTimes", expected);
  const words = `${range.words} ${describeRequest(wanted, times === 1 ? "request" : "requests")}`;
  const claim = { is: words, isNot: `not ${words}` };
  return judgeCassette(this, received, claim, ({ requests }) => {
    const differing = requests.map((request) => differingFields(this, request, wanted));
    const fitting = differing.flatMap((fields, index) => (fields.length === 0 ? [index] : []));
    const show = (): string =>
      showRequests(
        requests,
        fitting.length === requests.length ? [] : fitting,
        (index) => differing[index] ?? [],
      );
    return {
      holds: isWithin(fitting.length, range),
      found: thereAre(fitting.length, "request"),
      ...(requests.length === 0 ? {} : { show }),
    };
  });
}
