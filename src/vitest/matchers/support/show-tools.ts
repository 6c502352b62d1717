import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { showEvents } from "./show-events.ts";

/** The events of a stream around those in which a tool call begins. */
export function showToolEvents(trace: StreamTrace): string {
  const begun = new Set<string>();
  const focus: number[] = [];
  for (const event of trace.events) {
    for (const each of event.decoded) {
      if (each.kind !== "toolCall" || begun.has(each.key)) continue;
      begun.add(each.key);
      focus.push(event.index);
    }
  }
  return showEvents(trace, focus);
}
