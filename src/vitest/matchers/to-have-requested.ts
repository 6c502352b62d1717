import { count } from "../../cassette/count.ts";
import { assertCassette } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import {
  closestRequest,
  describeRequest,
  differingFields,
  type RequestExpectation,
  requestExpectation,
  showRequests,
} from "./support/sent-request.ts";

/** Checks that the code under test sent such a request; without an argument, any request. */
export function toHaveRequested(
  this: MatcherContext,
  received: unknown,
  given?: RequestExpectation | string | RegExp | URL,
): MatcherResult {
  const wanted = requestExpectation("toHaveRequested", given);
  const words = describeRequest(wanted);
  const claim = { is: `a ${words}`, isNot: `no ${words}` };
  return assertCassette(this, received, claim, ({ requests }) => {
    if (requests.length === 0) return { holds: false, found: "none was sent" };
    const compared = requests.map((request, index) => ({
      request,
      index,
      fields: differingFields(this, request, wanted),
    }));
    const show = (focus: readonly number[]) => (): string =>
      showRequests(requests, focus, (index) => compared[index]?.fields ?? []);
    const matching = compared.filter(({ fields }) => fields.length === 0).map(({ index }) => index);
    if (matching.length > 0) {
      const was = matching.length === 1 ? "was" : "were";
      return {
        holds: true,
        found: `${count(matching.length, "such request")} ${was} sent`,
        show: show(matching),
      };
    }
    const fewest = Math.min(...compared.map(({ fields }) => fields.length));
    const [closest] = compared
      .filter(({ fields }) => fields.length === fewest)
      .map(({ request, index, fields }) => ({ index, ...closestRequest(this, request, wanted, fields) }))
      .toSorted((a, b) => a.distance - b.distance);
    const { index = 0, actual, expected } = closest ?? {};
    const [found, focus] =
      requests.length === 1
        ? ["the only request differs", []]
        : [`all ${requests.length} requests differ (request ${index} is closest)`, [index]];
    return { holds: false, found, show: show(focus), actual, expected };
  });
}
