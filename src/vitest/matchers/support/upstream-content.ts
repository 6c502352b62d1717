import { undecoded } from "../../../compare/streams/known.ts";
import { inOneText, type Piece, piecesOf, splitBy } from "../../../compare/streams/pieces.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

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
  const ofAll = (pieces: (trace: StreamTrace) => readonly Piece[]): readonly Piece[] =>
    inOneText(upstream.flatMap(pieces));
  const channel = (what: string, pieces: (trace: StreamTrace) => readonly Piece[]): Channel => ({
    what,
    sent: ofAll(pieces),
    emitted: pieces(application),
  });
  const unread = upstream.map(undecoded).find((why) => why !== undefined);
  // An application that emits nothing loses everything.
  const isUnread =
    read === undefined && application.chunks.length > 0 && undecoded(application) !== undefined;
  if (read === undefined && (unread !== undefined || isUnread)) {
    const data = new Set(upstream.flatMap(({ events }) => events.map((event) => event.data)));
    if (application.events.some((event) => data.has(event.data))) return [channel("data", allData)];
  }
  if (unread !== undefined) return { why: `in the provider's stream: ${unread}` };
  if (isUnread) {
    return {
      why: "no provider profile can decode the application's stream. Pass { text: (event) => ... } to read its events",
    };
  }
  if (read !== undefined)
    return [{ what: "text", sent: ofAll(texts), emitted: splitBy(application.events, read) }];
  const optional = [channel("reasoning", thoughts), channel("tool call", toolCalls)];
  return [channel("text", texts), ...optional.filter(({ emitted }) => emitted.length > 0)];
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
function toolCalls({ events, toolCalls }: StreamTrace): readonly Piece[] {
  const starts = new Map<string, TraceEvent>();
  for (const event of events)
    for (const each of event.decoded)
      if (each.kind === "toolCall" && !starts.has(each.key)) starts.set(each.key, event);
  return inOneText(
    [...starts.values()].map((event, index) => {
      const { name, input, arguments: text } = toolCalls[index] ?? { name: "", arguments: "" };
      return { event, text: `${name}(${input === undefined ? text : JSON.stringify(input)}) ` };
    }),
  );
}
