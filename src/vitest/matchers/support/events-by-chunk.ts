import { Framer } from "../../../streams/framer.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

/** A content type for each framing that is one of bytes. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sse: "text/event-stream",
  ndjson: "application/x-ndjson",
  json: "application/json",
  "json-array": "application/json",
  "aws-eventstream": "application/vnd.amazon.eventstream",
  text: "text/plain",
};

/** The events that each chunk of a stream completed; `undefined` where that cannot be found out. */
export function eventsByChunk(trace: StreamTrace): readonly (readonly TraceEvent[])[] | undefined {
  const { chunks, events, framing } = trace;
  // One value is one read.
  const counts = framing === "values" ? chunks.map(() => 1) : countsOf(trace);
  let from = 0;
  const byChunk = counts.map((count) => {
    from += count;
    return events.slice(from - count, from);
  });
  const left = events.slice(from);
  if (from > events.length || left.length > 1) return undefined;
  // An event that nothing closed came with the last bytes.
  return left.length === 0 ? byChunk : byChunk.with(-1, [...(byChunk.at(-1) ?? []), ...left]);
}

function countsOf({ chunks, framing = "text" }: StreamTrace): readonly number[] {
  const framer = new Framer(CONTENT_TYPES[framing]);
  return chunks.map((chunk) => framer.push(chunk).length);
}
