import { list } from "../../cassette/list.ts";
import { checkFields, checkText, reject } from "./support/check-arguments.ts";
import {
  assertCassette,
  assertStreams,
  type Called,
  type Finding,
  ifDecoded,
  type StreamCheck,
  unknown,
} from "./support/matcher.ts";
import {
  type AsymmetricMatcher,
  isAsymmetric,
  isEqual,
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { callInWords, inputOf, localCalls } from "./support/run-events.ts";
import { eventsWith } from "./support/show-events.ts";
import { isCassette, type StreamMatcherOptions } from "./support/subject.ts";
import { cut, value } from "./support/words.ts";

/** An expected tool call: its name, or its name and its input. */
export type ToolCallExpectation =
  | string
  | { readonly name: string | AsymmetricMatcher; readonly input?: unknown };

/** A call of a tool, of the code under test or of the model. */
interface ToolCall {
  readonly name: string;
  readonly input: unknown;
  /** Its arguments, if it was cut off, so that its input is unknown. */
  readonly cutOff: string | undefined;
}

/** Checks that a tool was called, with this input if one is given: in the recorded calls if there are any, else by the model. */
export const toHaveCalledTool = toolMatcher(
  "toHaveCalledTool",
  ({ matcher, context }, name: TextExpectation, input?: unknown, options?: StreamMatcherOptions) => {
    checkText(matcher, "the name of the tool", name);
    const words = `${typeof name === "string" ? name : value(name)}${input === undefined ? "" : ` with ${value(input)}`}`;
    return {
      options,
      is: `a call of ${words}`,
      isNot: `no call of ${words}`,
      check(calls) {
        const named = calls.filter((call) => isText(context, call.name, name));
        const holds = named.some((call) => input === undefined || isEqual(context, call.input, input));
        const broken = named.find(({ cutOff }) => cutOff !== undefined && typeof input !== "string");
        if (!holds && broken !== undefined) return invalidJson(broken);
        const diff = named.length === 1 ? { actual: named[0]?.input, expected: input } : {};
        return { holds, found: list(calls.map(callInWords)) || "no tool", ...diff };
      },
    };
  },
);

/** Checks that exactly these tools were called, in this order: in the recorded calls if there are any, else by the model. */
export const toHaveCalledTools = toolMatcher(
  "toHaveCalledTools",
  ({ matcher, context }, expected: readonly ToolCallExpectation[], options?: StreamMatcherOptions) => {
    if (!Array.isArray(expected)) reject(matcher, "a list", expected);
    for (const each of expected) checkCall(matcher, each);
    const words = describe(expected);
    return {
      options,
      is: `the tool calls to be ${words}`,
      isNot: `the tool calls not to be ${words}`,
      check(calls) {
        // The diff shows only the fields that were asked for.
        const actual = calls.map((call, index) => inFormOf(call, expected[index]));
        const holds = isEqual(context, actual, expected);
        // A call that was cut off is missing data, unless the names alone say that the calls are others.
        const broken = calls.find(({ cutOff }, index) => {
          const wanted = expected[index];
          return (
            cutOff !== undefined && typeof wanted === "object" && typeof (wanted.input ?? "") !== "string"
          );
        });
        const hasNames = isEqual(context, actual.map(nameOf), expected.map(nameOf));
        if (!holds && hasNames && broken !== undefined) return invalidJson(broken);
        return { holds, found: describe(actual), actual, expected };
      },
    };
  },
);

/** What a matcher expects of calls. What it finds is words for them. */
interface ToolCheck extends Omit<StreamCheck, "check"> {
  readonly check: (calls: readonly ToolCall[]) => Finding;
}

/** Makes a matcher of the calls that the code under test made itself; if it made none, of those of the model. */
function toolMatcher<Args extends readonly unknown[]>(
  matcher: string,
  read: (called: Called, ...args: Args) => ToolCheck,
) {
  return function (this: MatcherContext, received: unknown, ...args: Args): MatcherResult {
    const called = { matcher, context: this };
    const { check, ...claim } = read(called, ...args);
    const local = isCassette(received) ? localCalls(received) : [];
    if (local.length > 0) {
      const finding = check(local.map((call) => ({ ...call, cutOff: undefined })));
      const made = { ...finding, found: `these were made: ${finding.found}` };
      return assertCassette(called, received, { ...claim, check: () => made });
    }
    const ofModel = ifDecoded((trace) => {
      const finding = check(
        trace.toolCalls.map((call) => ({
          name: call.name,
          input: inputOf(call),
          cutOff: call.input === undefined ? call.arguments : undefined,
        })),
      );
      const found = finding.holds === undefined ? finding.found : `the model called ${finding.found}`;
      return { ...finding, found, focus: eventsWith(trace, "toolCall") };
    });
    return assertStreams(called, received, { ...claim, check: ofModel });
  };
}

function invalidJson({ name, cutOff = "" }: ToolCall): Finding {
  return unknown(`the arguments of ${name} are not valid JSON: ${cut(cutOff) || "there are none"}`);
}

function inFormOf(call: ToolCall, expected: ToolCallExpectation | undefined): ToolCallExpectation {
  if (expected === undefined || typeof expected === "string") return call.name;
  return expected.input === undefined ? { name: call.name } : { name: call.name, input: call.input };
}

function nameOf(call: ToolCallExpectation): string | AsymmetricMatcher {
  return typeof call === "string" ? call : call.name;
}

function describe(calls: readonly ToolCallExpectation[]): string {
  const words = calls.map((call) => {
    const name = nameOf(call);
    const input = typeof call === "string" ? undefined : call.input;
    const shown = typeof name === "string" ? cut(name) : value(name);
    return input === undefined ? shown : `${shown} with ${value(input)}`;
  });
  return words.join(", ") || "none";
}

function checkCall(matcher: string, call: unknown): void {
  if (typeof call === "string") return;
  const { name } = Object.fromEntries(checkFields(matcher, call, ["name", "input"]));
  if (typeof name !== "string" && !isAsymmetric(name))
    reject(matcher, "each name to be a string or an asymmetric matcher", name);
}
