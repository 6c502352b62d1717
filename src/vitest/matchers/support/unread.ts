import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Finding, unknown } from "./assert-streams.ts";
import { unreadable } from "./decodable.ts";
import { showEvents } from "./show-events.ts";

/** The finding on a stream of which nobody knows what it says; `undefined` where somebody does. */
export function unread(trace: StreamTrace): Finding | undefined {
  const why = unreadable(trace);
  return why === undefined ? undefined : { ...unknown(why), show: () => showEvents(trace) };
}
