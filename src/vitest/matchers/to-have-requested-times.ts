import { assertCassette } from "./support/assert-streams.ts";
import { type CountRange, countRange, isWithin } from "./support/check-arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import {
  describeRequest,
  differingFields,
  type RequestExpectation,
  requestExpectation,
  showRequests,
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
  const wanted = requestExpectation("toHaveRequestedTimes", expected);
  const words = `${range.words} ${describeRequest(wanted, times === 1 ? "request" : "requests")}`;
  const claim = { is: words, isNot: `not ${words}` };
  return assertCassette(this, received, claim, ({ requests }) => {
    const differing = requests.map((request) => differingFields(this, request, wanted));
    const matching = differing.flatMap((fields, index) => (fields.length === 0 ? [index] : []));
    const focus = matching.length === requests.length ? [] : matching;
    const show = (): string => showRequests(requests, focus, (index) => differing[index] ?? []);
    return {
      holds: isWithin(matching.length, range),
      found: thereAre(matching.length, "request"),
      ...(requests.length === 0 ? {} : { show }),
    };
  });
}
