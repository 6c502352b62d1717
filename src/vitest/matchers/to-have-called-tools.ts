import type { ToolCall } from "../../streams/tool-calls.ts";
import { checkNames, MatcherArgumentError } from "./support/arguments.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { isEqual } from "./support/equality.ts";
import { judgeStreams, unknown } from "./support/judge.ts";
import { unreadable } from "./support/readable.ts";
import { value } from "./support/show.ts";
import { showToolEvents } from "./support/show-tools.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";

/** A tool call as it is expected: its name, or its name and its input. */
export type ToolCallExpectation = string | { readonly name: unknown; readonly input?: unknown };

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
    const why = unreadable(trace);
    if (why !== undefined) return unknown(why);
    const { toolCalls } = trace;
    // Only what is asked for stands in the diff.
    const actual = toolCalls.map((call, index) => inTheFormOf(call, expected[index]));
    const found = toolCalls.length === 0 ? "there are none" : `there are ${actual.map(describe).join(", ")}`;
    return {
      holds: isEqual(this, actual, expected),
      found,
      show: () => showToolEvents(trace),
      actual,
      expected,
    };
  });
}

function inTheFormOf(call: ToolCall, expected: ToolCallExpectation | undefined): ToolCallExpectation {
  if (expected === undefined || typeof expected === "string") return call.name;
  if (expected.input === undefined) return { name: call.name };
  return { name: call.name, input: call.input === undefined ? call.arguments : call.input };
}

function describe(call: ToolCallExpectation): string {
  if (typeof call === "string") return call;
  const name = typeof call.name === "string" ? call.name : value(call.name);
  return call.input === undefined ? name : `${name} with ${value(call.input)}`;
}

function check(expected: unknown): void {
  const matcher = "toHaveCalledTools";
  if (!Array.isArray(expected))
    throw new MatcherArgumentError(matcher, `it takes a list, not ${value(expected)}.`);
  for (const each of expected) {
    if (typeof each === "string") continue;
    if (typeof each !== "object" || each === null || !("name" in each)) {
      throw new MatcherArgumentError(matcher, `${value(each)} is neither a tool's name nor { name, input }.`);
    }
    checkNames(matcher, each, ["name", "input"], "field");
  }
}
