import type { Decoded } from "../../../streams/decoder.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { eventsByChunk } from "./events-by-chunk.ts";
import { cut, quote, round } from "./show.ts";
import { type Column, type Row, rowsToShow, table, withGaps } from "./table.ts";

/** The events of a stream around those in focus, as a table; without a focus its beginning and its end. */
export function showEvents(trace: StreamTrace, focus: readonly number[] = [], around?: number): string {
  const { events } = trace;
  if (events.length === 0) return "    no events";
  const timed = events.some(({ at }) => at !== undefined);
  const marked = new Set(focus);
  const rows = withGaps(rowsToShow(events.length, focus, around), events.length, "event", (index): Row => {
    const event = events[index]!;
    const times = timed ? [time(event.at), time(difference(event.at, events[index - 1]?.at))] : [];
    return {
      marked: marked.has(index),
      cells: [String(index), ...times, cut(event.type, 40), carried(event)],
    };
  });
  const columns: readonly Column[] = [
    { title: "#", align: "right" },
    ...(timed ? TIMES : []),
    { title: "event" },
    { title: "carried" },
  ];
  return table(columns, rows);
}

/** The reads of a stream around those in focus, as a table. */
export function showChunks(trace: StreamTrace, focus: readonly number[] = []): string {
  const { chunks } = trace;
  if (chunks.length === 0) return "    no chunks";
  const timed = chunks.some(({ at }) => at !== undefined);
  const marked = new Set(focus);
  const byChunk = eventsByChunk(trace);
  const rows = withGaps(rowsToShow(chunks.length, focus), chunks.length, "chunk", (index): Row => {
    const { at, bytes } = chunks[index]!;
    const times = timed ? [time(at), time(difference(at, chunks[index - 1]?.at))] : [];
    return {
      marked: marked.has(index),
      cells: [String(index), ...times, String(bytes.length), carriedBy(byChunk?.[index], bytes)],
    };
  });
  const columns: readonly Column[] = [
    { title: "#", align: "right" },
    ...(timed ? TIMES : []),
    { title: "bytes", align: "right" },
    { title: "carried" },
  ];
  return table(columns, rows);
}

const TIMES: readonly Column[] = [
  { title: "at ms", align: "right" },
  { title: "gap ms", align: "right" },
];

function carriedBy(events: readonly TraceEvent[] | undefined, bytes: Uint8Array): string {
  if (events === undefined) return quote(new TextDecoder().decode(bytes.slice(0, LONGEST * 2)), LONGEST);
  return events.length === 0 ? "a part of an event" : cut(events.map(carried).join(", "), LONGEST);
}

/** So many characters of what an event carried. */
const LONGEST = 56;

/** What an event bears, in a few words. */
export function carried(event: TraceEvent): string {
  if (event.decoded.length === 0) return cut(event.data, LONGEST);
  const parts = event.decoded.map(describe).filter((part) => part !== undefined);
  return cut(parts.length > 0 ? parts.join(", ") : "nothing", LONGEST);
}

function describe(decoded: Decoded): string | undefined {
  switch (decoded.kind) {
    case "text":
    case "reasoning":
    case "refusal":
      return `${decoded.kind} ${quote(decoded.text, 40)}`;
    case "toolCall": {
      const name = decoded.name === undefined ? "" : ` ${decoded.name}`;
      return `tool${name}${decoded.arguments ? ` ${cut(decoded.arguments, 40)}` : ""}`;
    }
    case "finish":
      return `finish ${decoded.reason}`;
    case "usage": {
      const { inputTokens, outputTokens } = decoded.usage;
      const tokens = [
        ...(inputTokens === undefined ? [] : [`${inputTokens} in`]),
        ...(outputTokens === undefined ? [] : [`${outputTokens} out`]),
      ];
      return `usage ${tokens.join(", ")}`.trimEnd();
    }
    case "model":
      return undefined;
    case "error":
      return `error ${[decoded.error.type, decoded.error.message].filter(Boolean).join(": ")}`;
    case "terminated":
      return "end marker";
  }
}

export function time(at: number | undefined): string {
  return at === undefined ? "" : round(at).toFixed(1);
}

function difference(at: number | undefined, before: number | undefined): number | undefined {
  return at === undefined || before === undefined ? undefined : at - before;
}
