import type { ToolCall } from "../../streams/tool-calls.ts";
import { assertDecoded, type Finding, unknown } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
  isEqual,
  isText,
  type MatcherContext,
  type MatcherResult,
  type TextExpectation,
} from "./support/matcher-context.ts";
import { showToolCalls } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { cut, list, value } from "./support/words.ts";

/** Checks that the model called a tool, with this input if one is given. */
export function toHaveCalledTool(
  this: MatcherContext,
  received: unknown,
  name: TextExpectation,
  input?: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  checkText("toHaveCalledTool", "the name of the tool", name);
  const words = `${typeof name === "string" ? name : value(name)}${input === undefined ? "" : ` with ${value(input)}`}`;
  const claim = { is: `a call of ${words}`, isNot: `no call of ${words}` };
  return assertDecoded(this, "toHaveCalledTool", received, options, claim, (trace) => {
    const { toolCalls } = trace;
    const show = (): string => showToolCalls(trace);
    const named = toolCalls.filter((call) => isText(this, call.name, name));
    if (named.length === 0) return { holds: false, found: others(toolCalls), show };
    if (input === undefined) {
      const times = named.length === 1 ? "once" : `${named.length} times`;
      return { holds: true, found: `it was called ${times}`, show };
    }
    return { ...calledWith(this, named, input), show };
  });
}

/** Returns the input of a call; its text if the tool takes free text, or if the call was cut off. */
export function inputOf(call: ToolCall): unknown {
  return call.input === undefined ? call.arguments : call.input;
}

/** The finding for a call that was cut off, so that its input is unknown. */
export function invalidJson(call: ToolCall): Finding {
  return unknown(
    `the arguments of ${call.name} are not valid JSON: ${cut(call.arguments) || "there are none"}`,
  );
}

/** Checks calls of one tool for an input. */
function calledWith(context: MatcherContext, calls: readonly ToolCall[], expected: unknown): Finding {
  if (calls.some((call) => isEqual(context, inputOf(call), expected))) {
    return { holds: true, found: "there is one" };
  }
  const broken = calls.find(({ input }) => input === undefined && typeof expected !== "string");
  if (broken !== undefined) return invalidJson(broken);
  const inputs = calls.map(inputOf);
  return {
    holds: false,
    found: `it was called with ${list(inputs.map((input) => value(input)))}`,
    ...(inputs.length === 1 ? { actual: inputs[0], expected } : {}),
  };
}

function others(calls: readonly ToolCall[]): string {
  if (calls.length === 0) return "no tool was called";
  const names = calls.map(({ name }) => cut(name)).join(", ");
  return calls.length === 1 ? `another tool was called: ${names}` : `other tools were called: ${names}`;
}
