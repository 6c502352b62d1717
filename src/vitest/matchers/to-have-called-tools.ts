import type { ToolCall } from "../../streams/tool-calls.ts";
import { assertCassette, assertDecoded } from "./support/assert-streams.ts";
import { checkFields, reject } from "./support/check-arguments.ts";
import {
  type AsymmetricMatcher,
  isAsymmetric,
  isEqual,
  type MatcherContext,
  type MatcherResult,
} from "./support/matcher-context.ts";
import { inputOf, type LocalCall, localCalls } from "./support/run-events.ts";
import { eventsWith } from "./support/show-events.ts";
import { isCassette, type StreamMatcherOptions } from "./support/subject.ts";
import { cut, value } from "./support/words.ts";
import { invalidJson } from "./to-have-called-tool.ts";

/** An expected tool call: its name, or its name and its input. */
export type ToolCallExpectation =
  | string
  | { readonly name: string | AsymmetricMatcher; readonly input?: unknown };

/** Checks that exactly these tools were called, in this order: in the recorded calls if there are any, else by the model. */
export function toHaveCalledTools(
  this: MatcherContext,
  received: unknown,
  expected: readonly ToolCallExpectation[],
  options?: StreamMatcherOptions,
): MatcherResult {
  if (!Array.isArray(expected)) reject("toHaveCalledTools", "a list", expected);
  for (const each of expected) checkCall(each);
  const words = describe(expected);
  const claim = { is: `the tool calls to be ${words}`, isNot: `the tool calls not to be ${words}` };
  const local = isCassette(received) ? localCalls(received) : [];
  if (local.length > 0) {
    return assertCassette(this, received, claim, () => {
      const actual = local.map((call, index) => inFormOf(call, expected[index]));
      return {
        holds: isEqual(this, actual, expected),
        found: `these were made: ${describe(actual)}`,
        actual,
        expected,
      };
    });
  }
  return assertDecoded(this, "toHaveCalledTools", received, options, claim, (trace) => {
    // The diff shows only the fields that were asked for.
    const actual = trace.toolCalls.map((call, index) => inFormOf(call, expected[index]));
    const holds = isEqual(this, actual, expected);
    const focus = eventsWith(trace, "toolCall");
    // A call that was cut off is missing data, unless the names alone say that the calls are others.
    const broken = trace.toolCalls.find(({ input }, index) => {
      const wanted = expected[index];
      return input === undefined && typeof wanted === "object" && typeof (wanted.input ?? "") !== "string";
    });
    const hasNames = isEqual(this, actual.map(nameOf), expected.map(nameOf));
    if (!holds && hasNames && broken !== undefined) return { ...invalidJson(broken), focus };
    return { holds, found: `the model called ${describe(actual)}`, focus, actual, expected };
  });
}

function inFormOf(
  call: ToolCall | LocalCall,
  expected: ToolCallExpectation | undefined,
): ToolCallExpectation {
  if (expected === undefined || typeof expected === "string") return call.name;
  return expected.input === undefined
    ? { name: call.name }
    : { name: call.name, input: "arguments" in call ? inputOf(call) : call.input };
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

function checkCall(call: unknown): void {
  if (typeof call === "string") return;
  const { name } = Object.fromEntries(checkFields("toHaveCalledTools", call, ["name", "input"]));
  if (typeof name !== "string" && !isAsymmetric(name))
    reject("toHaveCalledTools", "each name to be a string or an asymmetric matcher", name);
}
