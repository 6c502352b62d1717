import type { StreamErrorInfo } from "../../streams/decoder.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { assertStreams, undecoded, unknown } from "./support/assert-streams.ts";
import { checkNames, checkText, isFields, reject } from "./support/check-arguments.ts";
import {
  type AsymmetricMatcher,
  isAboutText,
  isAsymmetric,
  isEqual,
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote, value } from "./support/words.ts";

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
export function toHaveStreamError(
  this: MatcherContext,
  received: unknown,
  expected?: StreamErrorExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  check(expected);
  const words = describe(expected);
  const claim = { is: `an error${words}`, isNot: `no error${words}` };
  return assertStreams(this, "toHaveStreamError", received, options, claim, (trace) => {
    const { error } = trace;
    const show = (): string => showEvents(trace, failing(trace));
    if (error !== undefined) {
      return { holds: isThis(this, error, expected), found: `there is one with ${fields(error)}`, show };
    }
    const why = undecoded(trace);
    return why === undefined ? { holds: false, found: "the stream has none", show } : unknown(why, trace);
  });
}

function isThis(
  context: MatcherContext,
  error: StreamErrorInfo,
  expected: StreamErrorExpectation | undefined,
): boolean {
  if (expected === undefined) return true;
  if (typeof expected === "string") return error.message.includes(expected);
  if (expected instanceof RegExp) return isText(context, error.message, expected);
  if (isAsymmetric(expected))
    return isEqual(context, isAboutText(expected) ? error.message : error, expected);
  return FIELDS.every((name) => {
    const wanted = expected[name];
    const given = error[name];
    return wanted === undefined || (given !== undefined && isText(context, given, wanted));
  });
}

function describe(expected: StreamErrorExpectation | undefined): string {
  if (expected === undefined) return "";
  if (typeof expected === "string") return ` that says ${quote(expected)}`;
  if (isAsymmetric(expected) && !isAboutText(expected)) return ` like ${value(expected)}`;
  if (expected instanceof RegExp || isAsymmetric(expected)) return ` that says ${value(expected)}`;
  const named = fields(expected);
  return named === "" ? "" : ` with ${named}`;
}

function fields(of: StreamErrorFields): string {
  return FIELDS.filter((name) => of[name] !== undefined)
    .map((name) => `${name} ${value(of[name])}`)
    .join(", ");
}

function failing({ events }: StreamTrace): readonly number[] {
  const event = events.find(({ decoded }) => decoded.some(({ kind }) => kind === "error"));
  return event === undefined ? [] : [event.index];
}

function check(expected: unknown): void {
  if (expected === undefined || typeof expected === "string" || expected instanceof RegExp) return;
  if (isAsymmetric(expected)) return;
  if (!isFields(expected)) {
    reject(
      "toHaveStreamError",
      "a string, a regular expression or an object with type, code and message",
      expected,
    );
  }
  checkNames("toHaveStreamError", expected, FIELDS, "field");
  for (const name of FIELDS) {
    if (expected[name] !== undefined) checkText("toHaveStreamError", `\`${name}\``, expected[name]);
  }
}
