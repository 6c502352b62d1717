import { list } from "../../cassette/list.ts";
import type { ToolCall } from "../../streams/tool-calls.ts";
import { assertCassette, assertDecoded, type Finding, unknown } from "./support/assert-streams.ts";
import { checkText } from "./support/check-arguments.ts";
import {
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

/** Checks that a tool was called, with this input if one is given: in the recorded calls if there are any, else by the model. */
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
  const local = isCassette(received) ? localCalls(received) : [];
  if (local.length > 0) {
    return assertCassette(this, received, claim, () => {
      const named = local.filter((call) => isText(this, call.name, name));
      return {
        holds: named.some((call) => input === undefined || isEqual(this, call.input, input)),
        found: `these were made: ${list(local.map(callInWords))}`,
        ...(named.length === 1 && input !== undefined ? { actual: named[0]?.input, expected: input } : {}),
      };
    });
  }
  return assertDecoded(this, "toHaveCalledTool", received, options, claim, (trace) => {
    const { toolCalls } = trace;
    const calls = toolCalls.map((call) => ({ name: call.name, input: inputOf(call) }));
    const focus = eventsWith(trace, "toolCall");
    const named = toolCalls.filter((call) => isText(this, call.name, name));
    const holds = named.some((call) => input === undefined || isEqual(this, inputOf(call), input));
    const broken = named.find((call) => call.input === undefined && typeof input !== "string");
    if (!holds && broken !== undefined) return { ...invalidJson(broken), focus };
    return {
      holds,
      found: `the model called ${list(calls.map(callInWords)) || "no tool"}`,
      focus,
      ...(named.length === 1 ? { actual: inputOf(named[0] as ToolCall), expected: input } : {}),
    };
  });
}

/** The finding for a call that was cut off, so that its input is unknown. */
export function invalidJson(call: ToolCall): Finding {
  return unknown(
    `the arguments of ${call.name} are not valid JSON: ${cut(call.arguments) || "there are none"}`,
  );
}
