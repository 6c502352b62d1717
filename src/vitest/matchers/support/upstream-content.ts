import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { undecoded } from "./assert-streams.ts";
import { type Piece, piecesOf, splitBy } from "./pieces.ts";
import { toolCallStarts } from "./show-events.ts";

/** One kind of content on both sides. */
export interface Channel {
  /** `text`, `reasoning`, `tool call` or `data`, for messages. */
  readonly what: string;
  readonly sent: readonly Piece[];
  readonly emitted: readonly Piece[];
}

/**
 * Finds the content to compare: the text of the provider's streams, one after the other, with the application's. Adds
 * reasoning and tool calls if the application emits any. Compares the raw data if no decoder reads a stream and the
 * application emits events unchanged.
 *
 * @param read reads the application's own protocol
 */
export function channelsOf(
  upstream: readonly StreamTrace[],
  application: StreamTrace,
  read: ((event: TraceEvent) => string | undefined) | undefined,
): readonly [Channel, ...Channel[]] | { readonly why: string } {
  const unread = upstream.map(undecoded).find((why) => why !== undefined);
  if (read !== undefined) {
    if (unread !== undefined) return { why: `in the provider's stream: ${unread}` };
    return [{ what: "text", sent: ofAll(upstream, texts), emitted: splitBy(application.events, read) }];
  }
  // An application that emits nothing loses everything.
  const why = application.chunks.length === 0 ? undefined : undecoded(application);
  if (why !== undefined || unread !== undefined) {
    const data = new Set(upstream.flatMap(({ events }) => events.map((event) => event.data)));
    if (application.events.some((event) => data.has(event.data))) {
      return [{ what: "data", sent: ofAll(upstream, allData), emitted: allData(application) }];
    }
    if (application.events.length === 0) return { why: "the application's stream has no events" };
    return {
      why:
        why === undefined
          ? `in the provider's stream: ${unread}`
          : "no provider profile can decode the application's stream. Pass { text: (event) => ... } to read its events",
    };
  }
  const optional = [
    { what: "reasoning", sent: ofAll(upstream, thoughts), emitted: thoughts(application) },
    { what: "tool call", sent: ofAll(upstream, toolCalls), emitted: toolCalls(application) },
  ];
  return [
    { what: "text", sent: ofAll(upstream, texts), emitted: texts(application) },
    ...optional.filter(({ emitted }) => emitted.length > 0),
  ];
}

function texts(trace: StreamTrace): readonly Piece[] {
  return piecesOf(trace, "text");
}

function thoughts(trace: StreamTrace): readonly Piece[] {
  return piecesOf(trace, "reasoning");
}

function allData({ events }: StreamTrace): readonly Piece[] {
  return splitBy(events, ({ data }) => `${data}\n`);
}

/** Returns tool calls as text, in the events that begin them: protocols split and order arguments differently. */
function toolCalls(trace: StreamTrace): readonly Piece[] {
  const starts = [...toolCallStarts(trace).values()];
  const pieces = trace.toolCalls.flatMap((call, index): Piece[] => {
    const event = starts[index];
    const input = call.input === undefined ? call.arguments : JSON.stringify(call.input);
    return event === undefined ? [] : [{ event, from: 0, text: `${call.name}(${input})\n` }];
  });
  return inOneText(pieces);
}

/** Joins the pieces of several streams. */
function ofAll(
  traces: readonly StreamTrace[],
  pieces: (trace: StreamTrace) => readonly Piece[],
): readonly Piece[] {
  return inOneText(traces.flatMap(pieces));
}

function inOneText(pieces: readonly Piece[]): readonly Piece[] {
  let from = 0;
  return pieces.map((piece): Piece => {
    const moved = { ...piece, from };
    from += piece.text.length;
    return moved;
  });
}
