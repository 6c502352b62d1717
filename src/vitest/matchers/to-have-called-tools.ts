import type { ToolCall } from "../../streams/tool-calls.ts";
import { assertDecoded } from "./support/assert-streams.ts";
import { checkNames, isFields, MatcherArgumentError, reject } from "./support/check-arguments.ts";
import {
  type AsymmetricMatcher,
  isAsymmetric,
  isEqual,
  type MatcherContext,
  type MatcherResult,
} from "./support/matcher-context.ts";
import { showToolCalls } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { cut, value } from "./support/words.ts";
import { inputOf, invalidJson } from "./to-have-called-tool.ts";

/** An expected tool call: its name, or its name and its input. */
export type ToolCallExpectation =
  | string
  | { readonly name: string | AsymmetricMatcher; readonly input?: unknown };

/** Checks that the model called exactly these tools, in this order. */
export function toHaveCalledTools(
  this: MatcherContext,
  received: unknown,
  expected: readonly ToolCallExpectation[],
  options?: StreamMatcherOptions,
): MatcherResult {
  checkCalls(expected);
  const words =
    expected.length === 0 ? "no tool calls" : `the tool calls ${expected.map(describe).join(", ")}`;
  const claim = { is: words, isNot: `tool calls other than ${expected.map(describe).join(", ") || "none"}` };
  return assertDecoded(this, "toHaveCalledTools", received, options, claim, (trace) => {
    const { toolCalls } = trace;
    const show = (): string => showToolCalls(trace);
    // The diff shows only the fields that were asked for.
    const actual = toolCalls.map((call, index) => inFormOf(call, expected[index]));
    const holds = isEqual(this, actual, expected);
    const broken = holds ? undefined : decidingBrokenCall(this, toolCalls, expected);
    if (broken !== undefined) return { ...invalidJson(broken), show };
    const called = toolCalls.length === 0 ? "none" : actual.map(describe).join(", ");
    return { holds, found: `the model called ${called}`, show, actual, expected };
  });
}

/** Finds a call whose arguments are not valid JSON, if everything else is as expected. */
function decidingBrokenCall(
  context: MatcherContext,
  calls: readonly ToolCall[],
  expected: readonly ToolCallExpectation[],
): ToolCall | undefined {
  const inputAt = (index: number): unknown => {
    const wanted = expected[index];
    return typeof wanted === "object" ? wanted.input : undefined;
  };
  const broken = calls.filter((call, index) => {
    const wanted = inputAt(index);
    return call.input === undefined && wanted !== undefined && typeof wanted !== "string";
  });
  const repaired = calls.map((call, index) =>
    broken.includes(call) ? { name: call.name, input: inputAt(index) } : inFormOf(call, expected[index]),
  );
  return isEqual(context, repaired, expected) ? broken[0] : undefined;
}

function inFormOf(call: ToolCall, expected: ToolCallExpectation | undefined): ToolCallExpectation {
  if (expected === undefined || typeof expected === "string") return call.name;
  return expected.input === undefined ? { name: call.name } : { name: call.name, input: inputOf(call) };
}

function describe(call: ToolCallExpectation): string {
  if (typeof call === "string") return cut(call);
  const name = typeof call.name === "string" ? cut(call.name) : value(call.name);
  return call.input === undefined ? name : `${name} with ${value(call.input)}`;
}

function checkCalls(expected: unknown): void {
  const matcher = "toHaveCalledTools";
  if (!Array.isArray(expected)) reject(matcher, "a list", expected);
  for (const each of expected as readonly unknown[]) {
    if (typeof each === "string") continue;
    if (!isFields(each) || !("name" in each))
      reject(matcher, "each call to be a name or { name, input }", each);
    checkNames(matcher, each, ["name", "input"], "field");
    if (typeof each.name === "string" || isAsymmetric(each.name)) continue;
    if (each.name instanceof RegExp) {
      throw new MatcherArgumentError(
        matcher,
        `a name cannot be a regular expression. Use expect.stringMatching(${each.name}).`,
      );
    }
    reject(matcher, "each name to be a string or an asymmetric matcher", each.name);
  }
}
