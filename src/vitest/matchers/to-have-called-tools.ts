import type { ToolCall } from "../../streams/tool-calls.ts";
import { checkNames, isFields, MatcherArgumentError } from "./support/arguments.ts";
import { judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { type AsymmetricMatcher, isAsymmetric, isEqual } from "./support/equality.ts";
import { cut, value } from "./support/show.ts";
import { showToolEvents } from "./support/show-tools.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { unread } from "./support/unread.ts";

/** A tool call as it is expected: its name, or its name and its input. */
export type ToolCallExpectation =
  | string
  | { readonly name: string | AsymmetricMatcher; readonly input?: unknown };

/** The model called these tools, all of them, in this order. */
export function toHaveCalledTools(
  this: MatcherContext,
  received: unknown,
  expected: readonly ToolCallExpectation[],
  options?: StreamMatcherOptions,
): MatcherResult {
  check(expected);
  const words =
    expected.length === 0 ? "no tool calls" : `the tool calls ${expected.map(describe).join(", ")}`;
  const claim = { is: words, isNot: `tool calls other than ${expected.map(describe).join(", ") || "none"}` };
  return judgeStreams(this, "toHaveCalledTools", received, options, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    const { toolCalls } = trace;
    // Only what is asked for stands in the diff.
    const actual = toolCalls.map((call, index) => inTheFormOf(call, expected[index]));
    const holds = isEqual(this, actual, expected);
    const show = (): string => showToolEvents(trace);
    const cutCall = holds ? undefined : undecided(this, toolCalls, expected);
    if (cutCall !== undefined) {
      const text = cut(cutCall.arguments) || "there are none";
      return { ...unknown(`the arguments of ${cutCall.name} are no JSON: ${text}`), show };
    }
    const called = toolCalls.length === 0 ? "none" : actual.map(describe).join(", ");
    return { holds, found: `the model called ${called}`, show, actual, expected };
  });
}

/** A call whose arguments are no JSON, where all else is as expected, so that these alone would tell. */
function undecided(
  context: MatcherContext,
  calls: readonly ToolCall[],
  expected: readonly ToolCallExpectation[],
): ToolCall | undefined {
  const asksForValue = (index: number): boolean => {
    const wanted = expected[index];
    return typeof wanted === "object" && wanted.input !== undefined && typeof wanted.input !== "string";
  };
  const unread = calls.filter((call, index) => call.input === undefined && asksForValue(index));
  const [first] = unread;
  if (first === undefined) return undefined;
  const withoutThem = (call: ToolCall, index: number): ToolCallExpectation =>
    unread.includes(call)
      ? { name: call.name, input: inputOf(expected[index]) }
      : inTheFormOf(call, expected[index]);
  return isEqual(context, calls.map(withoutThem), expected) ? first : undefined;
}

function inputOf(expected: ToolCallExpectation | undefined): unknown {
  return typeof expected === "object" ? expected.input : undefined;
}

function inTheFormOf(call: ToolCall, expected: ToolCallExpectation | undefined): ToolCallExpectation {
  if (expected === undefined || typeof expected === "string") return call.name;
  if (expected.input === undefined) return { name: call.name };
  return { name: call.name, input: call.input === undefined ? call.arguments : call.input };
}

function describe(call: ToolCallExpectation): string {
  if (typeof call === "string") return cut(call);
  const name = typeof call.name === "string" ? cut(call.name) : value(call.name);
  return call.input === undefined ? name : `${name} with ${value(call.input)}`;
}

function check(expected: unknown): void {
  const matcher = "toHaveCalledTools";
  if (!Array.isArray(expected))
    throw new MatcherArgumentError(matcher, `it takes a list, not ${value(expected)}.`);
  for (const each of expected) {
    if (typeof each === "string") continue;
    if (!isFields(each) || !("name" in each)) {
      throw new MatcherArgumentError(matcher, `${value(each)} is neither a tool's name nor { name, input }.`);
    }
    checkNames(matcher, each, ["name", "input"], "field");
    if (typeof each.name !== "string" && !isAsymmetric(each.name)) {
      const hint = each.name instanceof RegExp ? `: expect.stringMatching(${each.name})` : "";
      throw new MatcherArgumentError(
        matcher,
        `the name of a tool is a text or a matcher${hint}, not ${value(each.name)}.`,
      );
    }
  }
}
