import { valueDifferences } from "../diagnosis/differences.ts";
import { stableText } from "../matching/stable-text.ts";
import type { ToolCall } from "../streams/tool-calls.ts";
import type { Change } from "./comparison.ts";

/**
 * Lists how the tool calls of two responses differ, without their ids. If the same tools were called in the same order,
 * by argument; else by call.
 */
export function compareToolCalls(before: readonly ToolCall[], after: readonly ToolCall[]): readonly Change[] {
  const sameNames =
    before.length === after.length && before.every(({ name }, index) => name === after[index]?.name);
  if (sameNames) {
    return after.flatMap((call, index) => {
      const earlier = before[index] as ToolCall;
      const path = after.length === 1 ? call.name : `[${index}].${call.name}`;
      return valueDifferences(path, inputOf(call), inputOf(earlier)).map(
        (each): Change => ({ part: "tool call", path: each.path, before: each.recorded, after: each.live }),
      );
    });
  }
  const [gone, come] = [before.map(callText), after.map(callText)];
  if (stableText(gone) === stableText(come)) return [];
  return [{ part: "tool call", before: textOf(gone), after: textOf(come) }];
}

/** The arguments as a value, or as text if they are not JSON. */
function inputOf({ input, arguments: text }: ToolCall): unknown {
  return input ?? text;
}

/** `get_weather {"city":"Lyon"}`. */
function callText(call: ToolCall): string {
  const input = inputOf(call);
  return `${call.name} ${typeof input === "string" ? input : stableText(input)}`;
}

function textOf(calls: readonly string[]): string | undefined {
  return calls.length === 0 ? undefined : calls.join("\n");
}
