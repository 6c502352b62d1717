import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Finding, unknown } from "./assert-streams.ts";
import { isWithin, type NumberRange } from "./number-range.ts";
import { round } from "./show.ts";
import { showEvents } from "./show-events.ts";

/** Whether the output tokens per second are in a range. */
export function tokenRate(trace: StreamTrace, range: NumberRange): Finding {
  const { tokensPerSecond, noTokenRate } = trace.timing;
  const content = trace.events.filter(({ hasContent }) => hasContent);
  const ends = [content[0], content.at(-1)].flatMap((event) => (event === undefined ? [] : [event.index]));
  const show = (): string => showEvents(trace, [...new Set(ends)], 1);
  if (tokensPerSecond === undefined) return { ...unknown(noTokenRate ?? "it is not known"), show };
  const tokens = trace.usage?.outputTokens;
  return {
    holds: isWithin(tokensPerSecond, range),
    found: `there are ${round(tokensPerSecond)} (${tokens} output tokens, events ${ends.join(" to ")})`,
    show,
  };
}
