import type { ToolCall } from "../../streams/tool-calls.ts";
import { checkText } from "./support/arguments.ts";
import { type Finding, judgeStreams, unknown } from "./support/assert-streams.ts";
import type { MatcherContext, MatcherResult } from "./support/context.ts";
import { isEqual, isText, type TextExpectation } from "./support/equality.ts";
import { cut, list, value } from "./support/show.ts";
import { showToolEvents } from "./support/show-tools.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { unread } from "./support/unread.ts";

/** The model called this tool, with this input if one is given. */
export function toHaveCalledTool(
  this: MatcherContext,
  received: unknown,
  name: TextExpectation,
  input?: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  checkText("toHaveCalledTool", "the name of a tool", name);
  const words = `${typeof name === "string" ? name : value(name)}${input === undefined ? "" : ` with ${value(input)}`}`;
  const claim = { is: `a call of ${words}`, isNot: `no call of ${words}` };
  return judgeStreams(this, "toHaveCalledTool", received, options, claim, (trace) => {
    const unknowable = unread(trace);
    if (unknowable !== undefined) return unknowable;
    const { toolCalls } = trace;
    const show = (): string => showToolEvents(trace);
    const named = toolCalls.filter((call) => isText(this, call.name, name));
    if (named.length === 0) return { holds: false, found: others(toolCalls), show };
    if (input === undefined) return { holds: true, found: `it was called ${times(named.length)}`, show };
    return { ...calledWith(this, named, input), show };
  });
}

/** Whether one of `calls`, all of the right tool, has the input. */
function calledWith(context: MatcherContext, calls: readonly ToolCall[], expected: unknown): Finding {
  const cutCalls: ToolCall[] = [];
  for (const call of calls) {
    // Tools of free text have no JSON to parse.
    const given = call.input === undefined ? call.arguments : call.input;
    if (isEqual(context, given, expected)) return { holds: true, found: "there is one" };
    if (call.input === undefined && typeof expected !== "string") cutCalls.push(call);
  }
  const [unread] = cutCalls;
  if (unread !== undefined) {
    return unknown(
      `the arguments of ${unread.name} are no JSON: ${cut(unread.arguments) || "there are none"}`,
    );
  }
  const [only] = calls;
  const inputs = calls.map(({ input, arguments: text }) => value(input === undefined ? text : input));
  return {
    holds: false,
    found: `it was called with ${list(inputs)}`,
    ...(calls.length === 1 ? { actual: only?.input ?? only?.arguments, expected } : {}),
  };
}

function others(calls: readonly ToolCall[]): string {
  if (calls.length === 0) return "no tool was called";
  const names = calls.map(({ name }) => cut(name)).join(", ");
  return calls.length === 1 ? `another was called: ${names}` : `others were called: ${names}`;
}

function times(number: number): string {
  return number === 1 ? "once" : `${number} times`;
}
