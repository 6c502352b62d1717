import { count } from "../../cassette/count.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { judgeCassette } from "./support/judge-cassette.ts";
import {
  describeRequest,
  differingFields,
  forDiff,
  type RequestExpectation,
  requestExpectation,
} from "./support/sent-request.ts";
import { showRequests } from "./support/show-requests.ts";

/** The code under test sent such a request; without an argument, any. */
export function toHaveRequested(
  this: MatcherContext,
  received: unknown,
  given?: RequestExpectation | string | RegExp | URL,
): MatcherResult {
  const wanted = requestExpectation("toHaveRequested", given);
  const words = describeRequest(wanted);
  const claim = { is: `a ${words}`, isNot: `no ${words}` };
  return judgeCassette(this, received, claim, ({ requests }) => {
    if (requests.length === 0) return { holds: false, found: "none was sent" };
    const differing = requests.map((request) => differingFields(this, request, wanted));
    const fitting = differing.flatMap((fields, index) => (fields.length === 0 ? [index] : []));
    const show = (focus: readonly number[]) => (): string =>
      showRequests(requests, focus, (index) => differing[index] ?? []);
    if (fitting.length > 0) {
      const was = fitting.length === 1 ? "was" : "were";
      const found = `${count(fitting.length, "such request")} ${was} sent`;
      return { holds: true, found, show: show(fitting) };
    }
    const least = Math.min(...differing.map((fields) => fields.length));
    const [nearest] = requests
      .map((request, index) => ({ request, index, fields: differing[index] ?? [] }))
      .filter(({ fields }) => fields.length === least)
      .map(({ request, index, fields }) => ({ index, ...forDiff(this, request, wanted, fields) }))
      .toSorted((a, b) => a.distance - b.distance);
    const { index, actual, expected } = nearest!;
    return {
      holds: false,
      found:
        requests.length === 1
          ? "the one that was sent is another"
          : `the ${requests.length} that were sent are others (request ${index} is nearest)`,
      show: show(requests.length === 1 ? [] : [index]),
      actual,
      expected,
    };
  });
}
