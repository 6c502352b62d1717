import { undecoded } from "../../compare/streams/known.ts";
import { checkFields, checkText, isFields } from "./support/check-arguments.ts";
import { streamMatcher, unknown } from "./support/matcher.ts";
import {
  type AsymmetricMatcher,
  containing,
  isAboutText,
  isAsymmetric,
  isEqual,
  isText,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { eventsWith } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { value } from "./support/words.ts";

/** Fields of an error, each a string, a regular expression or an asymmetric matcher. */
export interface StreamErrorFields {
  readonly type?: TextExpectation | undefined;
  readonly code?: TextExpectation | undefined;
  readonly message?: TextExpectation | undefined;
}

/**
 * A part of the message, a pattern in it, or fields of the error. A string matcher is compared with the message,
 * another asymmetric matcher with the fields.
 */
export type StreamErrorExpectation = string | RegExp | AsymmetricMatcher | StreamErrorFields;

const FIELDS = ["type", "code", "message"] as const;

/** Checks the error inside the stream, or in its whole body; without an argument, that there is one. */
export const toHaveStreamError = streamMatcher(
  "toHaveStreamError",
  ({ matcher, context }, expected: StreamErrorExpectation = {}, options?: StreamMatcherOptions) => {
    const wanted = fieldsOf(matcher, expected);
    const hasFields = !isFields(wanted) || Object.keys(wanted).length > 0;
    const words = hasFields ? `error matching ${value(expected)}` : "error";
    return {
      options,
      is: `an ${words}`,
      isNot: `no ${words}`,
      check(trace) {
        const { error } = trace;
        const why = undecoded(trace);
        if (error === undefined)
          return why === undefined ? { holds: false, found: "there is none" } : unknown(why);
        const holds = isAsymmetric(wanted)
          ? isEqual(context, error, wanted)
          : FIELDS.every((name) => wanted[name] === undefined || isText(context, error[name], wanted[name]));
        return { holds, found: `it is ${value(error)}`, focus: eventsWith(trace, "error").slice(0, 1) };
      },
    };
  },
);

/** @throws MatcherArgumentError for anything that is not about an error */
function fieldsOf(matcher: string, expected: StreamErrorExpectation): AsymmetricMatcher | StreamErrorFields {
  if (typeof expected === "string") return { message: containing(expected) };
  if (expected instanceof RegExp || (isAsymmetric(expected) && isAboutText(expected)))
    return { message: expected };
  if (isAsymmetric(expected)) return expected;
  const given = checkFields(matcher, expected, FIELDS);
  for (const [name, text] of given) checkText(matcher, `\`${name}\``, text);
  return Object.fromEntries(given);
}
