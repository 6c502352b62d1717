import type { StreamTrace } from "../../../streams/stream-trace.ts";
import { type Finding, unknown } from "./assert-streams.ts";
import { untimed } from "./decodable.ts";
import { ms } from "./show.ts";
import { showChunks } from "./show-events.ts";

/** Whether the stream came to its end, and within `limit` milliseconds. */
export function completion(trace: StreamTrace, limit: number): Finding {
  const at = trace.timing.duration;
  const show = (): string => showChunks(trace, trace.chunks.length === 0 ? [] : [trace.chunks.length - 1]);
  if (at === undefined) return { ...unknown(untimed(trace) ?? "its time is not known"), show };
  if (trace.end !== "complete") {
    return { holds: false, found: `it did not complete: it was ${trace.end} after ${ms(at)}`, show };
  }
  return { holds: at <= limit, found: `its last byte came after ${ms(at)}`, show };
}
