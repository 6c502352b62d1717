import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { unreadable } from "./decodable.ts";
import { type Piece, piecesOf, splitBy } from "./pieces.ts";

/** One kind of content on both sides. */
export interface Channel {
  /** As messages name it: `text`, `reasoning`, `tool call`, `data`. */
  readonly what: string;
  readonly sent: readonly Piece[];
  readonly emitted: readonly Piece[];
}

/**
 * What to compare of the provider's streams, one after another, and the application's: their text, and their reasoning and tool calls where the application passes
 * any of these on. A stream that no profile reads is compared by the data of its events, where it passes them
 * on as they are.
 *
 * @param read what the application's events say, where only the user can know
 */
export function channelsOf(
  upstream: readonly StreamTrace[],
  application: StreamTrace,
  read: ((event: TraceEvent) => string | undefined) | undefined,
): readonly [Channel, ...Channel[]] | { readonly why: string } {
  const unread = upstream.map(unreadable).find((why) => why !== undefined);
  if (read !== undefined) {
    if (unread !== undefined) return { why: `of the provider's stream, ${unread}` };
    return [{ what: "text", sent: ofAll(upstream, texts), emitted: splitBy(application.events, read) }];
  }
  // What emits nothing loses everything.
  const why = application.chunks.length === 0 ? undefined : unreadable(application);
  if (why !== undefined || unread !== undefined) {
    const data = new Set(upstream.flatMap(({ events }) => events.map((event) => event.data)));
    if (!application.events.some((event) => data.has(event.data))) {
      return {
        why:
          application.events.length === 0
            ? "the application's stream has no events"
            : why === undefined
              ? `of the provider's stream, ${unread}`
              : "no provider profile can read the application's stream; say what its events bear: { text: (event) => ... }",
      };
    }
    return [{ what: "data", sent: ofAll(upstream, allData), emitted: allData(application) }];
  }
  const optional = [
    { what: "reasoning", sent: ofAll(upstream, thoughts), emitted: thoughts(application) },
    { what: "tool call", sent: ofAll(upstream, toolPieces), emitted: toolPieces(application) },
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

/** The pieces of several streams as if they were one. */
function ofAll(
  traces: readonly StreamTrace[],
  pieces: (trace: StreamTrace) => readonly Piece[],
): readonly Piece[] {
  let from = 0;
  return traces.flatMap(pieces).map((piece): Piece => {
    const moved = { ...piece, from };
    from += piece.text.length;
    return moved;
  });
}

/** Tool calls as text, each where it began: protocols cut and order arguments in their own ways. */
function toolPieces({ events, toolCalls }: StreamTrace): readonly Piece[] {
  const begun = new Map<string, TraceEvent>();
  for (const event of events) {
    for (const each of event.decoded) {
      if (each.kind === "toolCall" && !begun.has(each.key)) begun.set(each.key, event);
    }
  }
  const starts = [...begun.values()];
  let from = 0;
  return toolCalls.flatMap((call, index) => {
    const event = starts[index];
    if (event === undefined) return [];
    const text = `${call.name}(${call.input === undefined ? call.arguments : JSON.stringify(call.input)})\n`;
    const piece: Piece = { event, from, text };
    from += text.length;
    return [piece];
  });
}
