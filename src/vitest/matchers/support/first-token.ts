import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Finding, unknown } from "./assert-streams.ts";
import { unreadable, untimed } from "./decodable.ts";
import { ms } from "./show.ts";
import { showEvents } from "./show-events.ts";

/** Whether the first event with content came within `limit` milliseconds. */
export function firstToken(trace: StreamTrace, limit: number): Finding {
  const why = untimed(trace) ?? unreadable(trace);
  if (why !== undefined) return { ...unknown(why), show: () => showEvents(trace) };
  const at = trace.timing.firstToken;
  const event = trace.events.find(({ hasContent }) => hasContent);
  if (at === undefined || event === undefined) {
    return { ...unknown("the stream bears no content"), show: () => showEvents(trace) };
  }
  return {
    holds: at <= limit,
    found: `it came after ${ms(at)}, with event ${event.index}`,
    show: () => showEvents(trace, [event.index]),
  };
}
