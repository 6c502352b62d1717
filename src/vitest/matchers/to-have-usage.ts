import { list } from "../../cassette/list.ts";
import { checkFields } from "./support/check-arguments.ts";
import { streamMatcher, unknown } from "./support/matcher.ts";
import { hasAllOf, isEqual } from "./support/matcher-context.ts";
import { eventsWith } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { value } from "./support/words.ts";

const COUNTS = [
  "inputTokens",
  "outputTokens",
  "totalTokens",
  "reasoningTokens",
  "cachedInputTokens",
] as const;

type CountName = (typeof COUNTS)[number];

/** Token counts, as numbers or asymmetric matchers. `raw` lists fields that the provider's own object has at least. */
export type UsageExpectation = { readonly [Name in CountName]?: unknown } & { readonly raw?: unknown };

/** Checks the token counts that the provider sent; without an argument, that it sent any. */
export const toHaveUsage = streamMatcher(
  "toHaveUsage",
  ({ matcher, context }, expected: UsageExpectation = {}, options?: StreamMatcherOptions) => {
    const asked = checkFields(matcher, expected, [...COUNTS, "raw"], "count");
    const isAny = asked.length === 0;
    const words = value(Object.fromEntries(asked));
    return {
      options,
      is: isAny ? "usage" : `usage ${words}`,
      isNot: isAny ? "no usage" : `usage other than ${words}`,
      check(trace) {
        const { usage } = trace;
        if (usage === undefined) {
          const found = "the provider sent no usage";
          return isAny ? { holds: false, found } : unknown(found);
        }
        const { raw, ...counts } = usage;
        const missing = asked.filter(([name]) => usage[name] === undefined).map(([name]) => name);
        if (missing.length > 0)
          return unknown(`the provider sent no ${list(missing, "or")}, only ${value(counts)}`);
        const wrong = asked.filter(([name, wanted]) =>
          name === "raw" ? !hasAllOf(context, raw, wanted) : !isEqual(context, usage[name], wanted),
        );
        return {
          holds: wrong.length === 0,
          found: `it is ${value(counts)}`,
          focus: eventsWith(trace, "usage").slice(-1),
          actual: Object.fromEntries(wrong.map(([name]) => [name, usage[name]])),
          expected: Object.fromEntries(wrong),
        };
      },
    };
  },
);
