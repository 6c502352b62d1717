import type { StreamErrorInfo } from "../../streams/decoder.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import { checkNames, checkText, isFields, MatcherArgumentError } from "./support/arguments.ts";
import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { unreadable } from "./support/decodable.ts";
import {
  type AsymmetricMatcher,
  isAboutText,
  isAsymmetric,
  isEqual,
  isText,
  type TextExpectation,
} from "./support/equality.ts";
import { quote, value } from "./support/show.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** Fields of an error, each a text, a regular expression or an asymmetric matcher. */
export interface StreamErrorFields {
  readonly type?: TextExpectation | undefined;
  readonly code?: TextExpectation | undefined;
  readonly message?: TextExpectation | undefined;
}

/** A part of the message, a pattern in it, fields, or a matcher: of texts for the message, else for the fields. */
export type StreamErrorExpectation = string | RegExp | AsymmetricMatcher | StreamErrorFields;

const FIELDS = ["type", "code", "message"] as const;

/** An error was sent inside the stream, or as its whole body: this one; without an argument, any. */
export function toHaveStreamError(
  this: MatcherContext,
  received: unknown,
  expected?: StreamErrorExpectation,
  options?: StreamMatcherOptions,
): MatcherResult {
  check(expected);
  const words = describe(expected);
  const claim = { is: `an error${words}`, isNot: `no error${words}` };
  return judgeStreams(this, "toHaveStreamError", received, options, claim, (trace) => {
    const { error } = trace;
    const show = (): string => showEvents(trace, failing(trace));
    if (error !== undefined) {
      return { holds: isThis(this, error, expected), found: `there is ${shown(error)}`, show };
    }
    const why = unreadable(trace);
    if (why !== undefined) return { ...unknown(why), show };
    return { holds: false, found: "the stream has none", show };
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
  return named === "" ? "" : ` of ${named}`;
}

function shown(error: StreamErrorInfo): string {
  return `one of ${fields(error)}`;
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
    throw new MatcherArgumentError(
      "toHaveStreamError",
      `it takes a text, a regular expression or an object of type, code and message, not ${value(expected)}.`,
    );
  }
  checkNames("toHaveStreamError", expected, FIELDS, "field");
  for (const name of FIELDS) {
    if (expected[name] !== undefined) checkText("toHaveStreamError", `\`${name}\``, expected[name]);
  }
}
