import { TextDecoder } from "node:util";
import type { Decoded } from "../../../streams/decoder.ts";
import { Framer } from "../../../streams/framer.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { type Column, table } from "./table.ts";
import { cut, quote, round } from "./words.ts";

const LONGEST_CONTENT = 56;

const TIMES: readonly Column[] = [
  { title: "at ms", align: "right" },
  { title: "gap ms", align: "right" },
];

/** Prints the events of a stream around those in focus; without a focus, its beginning and its end. */
export function showEvents(trace: StreamTrace, focus: readonly number[] = [], around?: number): string {
  const { events } = trace;
  return events.length === 0
    ? "    no events"
    : show(events, { focus, around, noun: "event" }, [{ title: "event" }], (event) => [
        cut(event.type, 40),
        contentOf(event),
      ]);
}

/** Prints the events of a stream around those that begin a tool call. */
export function showToolCalls(trace: StreamTrace): string {
  return showEvents(
    trace,
    [...toolCallStarts(trace).values()].map(({ index }) => index),
  );
}

/** Finds the event that begins each tool call, in order. */
export function toolCallStarts({ events }: StreamTrace): ReadonlyMap<string, TraceEvent> {
  const starts = new Map<string, TraceEvent>();
  for (const event of events) {
    for (const each of event.decoded) {
      if (each.kind === "toolCall" && !starts.has(each.key)) starts.set(each.key, event);
    }
  }
  return starts;
}

/** Prints the chunks of a stream around those in focus; without a focus, its beginning and its end. */
export function showChunks(trace: StreamTrace, focus: readonly number[] = []): string {
  const { chunks } = trace;
  if (chunks.length === 0) return "    no chunks";
  const byChunk = eventsByChunk(trace);
  const size: Column = { title: "bytes", align: "right" };
  return show(chunks, { focus, noun: "chunk" }, [size], ({ bytes }, index) => [
    String(bytes.length),
    contentOfChunk(byChunk?.[index], bytes),
  ]);
}

function show<T extends { readonly at?: number | undefined }>(
  items: readonly T[],
  selection: {
    readonly focus: readonly number[];
    readonly around?: number | undefined;
    readonly noun: string;
  },
  columns: readonly Column[],
  cells: (item: T, index: number) => readonly string[],
): string {
  const isTimed = items.some(({ at }) => at !== undefined);
  const marked = new Set(selection.focus);
  return table(
    [{ title: "#", align: "right" }, ...(isTimed ? TIMES : []), ...columns, { title: "content" }],
    { ...selection, length: items.length },
    (index) => {
      const item = items[index] as T;
      const before = items[index - 1]?.at;
      const gap = item.at === undefined || before === undefined ? undefined : item.at - before;
      const times = isTimed ? [time(item.at), time(gap)] : [];
      return { marked: marked.has(index), cells: [String(index), ...times, ...cells(item, index)] };
    },
  );
}

export function time(at: number | undefined): string {
  return at === undefined ? "" : round(at).toFixed(1);
}

function contentOfChunk(events: readonly TraceEvent[] | undefined, bytes: Uint8Array): string {
  if (events === undefined) {
    return quote(new TextDecoder().decode(bytes.slice(0, LONGEST_CONTENT * 2)), LONGEST_CONTENT);
  }
  return events.length === 0 ? "part of an event" : cut(events.map(contentOf).join(", "), LONGEST_CONTENT);
}

/** Says in a few words what an event carries. */
export function contentOf(event: TraceEvent): string {
  if (event.decoded.length === 0) return cut(event.data, LONGEST_CONTENT);
  const parts = event.decoded.map(describe).filter((part) => part !== undefined);
  return cut(parts.length > 0 ? parts.join(", ") : "nothing", LONGEST_CONTENT);
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

/** A content type for each framing of bytes. */
export const CONTENT_TYPES: Readonly<Record<string, string>> = {
  sse: "text/event-stream",
  ndjson: "application/x-ndjson",
  json: "application/json",
  "json-array": "application/json",
  "aws-eventstream": "application/vnd.amazon.eventstream",
  text: "text/plain",
};

/** Finds the events that each chunk of a stream completed; `undefined` if that is impossible. */
export function eventsByChunk(trace: StreamTrace): readonly (readonly TraceEvent[])[] | undefined {
  const { chunks, events, framing = "text" } = trace;
  const framer = new Framer(CONTENT_TYPES[framing]);
  let from = 0;
  const byChunk = chunks.map((chunk) => {
    // In a stream of values, each chunk is one value.
    const amount = framing === "values" ? 1 : framer.push(chunk).length;
    from += amount;
    return events.slice(from - amount, from);
  });
  const left = events.slice(from);
  if (from > events.length || left.length > 1) return undefined;
  // The end of the stream completed an event that has no blank line after it.
  return left.length === 0 ? byChunk : byChunk.with(-1, [...(byChunk.at(-1) ?? []), ...left]);
}
