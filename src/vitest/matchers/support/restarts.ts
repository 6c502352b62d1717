import { isObject } from "../../../cassette/is-object.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";
import { joined, piecesOf } from "./pieces.ts";

/** A place at which a text starts again from its beginning. */
export interface Restart {
  readonly kind: "text" | "reasoning";
  readonly event: TraceEvent;
  /** The beginning, as much of it as comes again. */
  readonly repeated: string;
  /** What else speaks for it, as it reads after "it starts again": `after a second message_start`. */
  readonly sign: string | undefined;
}

/**
 * The first place at which a stream's text, or its reasoning, starts again. Two different words at least come
 * again there, or three where numbers are among them, and
 *
 * - they are all that had been said until then, or
 * - an answer is opened there a second time (a second `message_start`, another id), or
 * - the stream is cut before it says anything else
 *
 * A model that quotes itself later on is none of these.
 */
export function findRestart(trace: StreamTrace): Restart | undefined {
  const wasCut = trace.end !== "complete" || trace.terminated === false;
  for (const kind of ["text", "reasoning"] as const) {
    const pieces = piecesOf(trace, kind);
    const text = joined(pieces);
    const again = prefixLengths(text);
    for (const [index, { event, from }] of pieces.entries()) {
      const length = Math.min(again[from] ?? 0, from);
      if (from === 0 || length === 0) continue;
      const repeated = text.slice(0, length);
      if (!saysEnough(repeated)) continue;
      const sign = secondOpening(trace.events, pieces[index - 1]?.event, event);
      const untilTheCut = wasCut && from + length === text.length;
      if (length === from || sign !== undefined || untilTheCut) return { kind, event, repeated, sign };
    }
  }
  return undefined;
}

/** A beginning of one word, or of "1, 2", may come again by accident. */
function saysEnough(beginning: string): boolean {
  const different = (pattern: RegExp): number => new Set(beginning.toLowerCase().match(pattern)).size;
  return different(/\p{L}+/gu) > 1 || different(/\p{L}+|\p{N}+/gu) > 2;
}

/** What tells that an answer was opened anew between two events with text. */
function secondOpening(
  events: readonly TraceEvent[],
  before: TraceEvent | undefined,
  event: TraceEvent,
): string | undefined {
  const first = events[0];
  if (first === undefined || before === undefined) return undefined;
  if (!first.hasContent && first.type !== "message" && !first.type.endsWith(".chunk")) {
    const between = events.slice(before.index + 1, event.index);
    if (between.some(({ type }) => type === first.type)) return `after a second ${first.type}`;
  }
  const [old, now] = [idOf(before), idOf(event)];
  return old !== undefined && now !== undefined && old !== now ? `under another id, ${now}` : undefined;
}

/** The id of the answer that an event belongs to, where each event of Chat Completions or Gemini names it. */
function idOf({ payload }: TraceEvent): string | undefined {
  if (!isObject(payload)) return undefined;
  const id = Array.isArray(payload.choices) ? payload.id : payload.responseId;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** Whether a stream has several answers side by side, whose texts run into one another. */
export function hasSeveralChoices({ events }: StreamTrace): boolean {
  return events.some(({ payload }) => {
    if (!isObject(payload)) return false;
    const choices = payload.choices ?? payload.candidates;
    return (
      Array.isArray(choices) &&
      choices.some((choice) => isObject(choice) && typeof choice.index === "number" && choice.index > 0)
    );
  });
}

/**
 * For each place in `text`, how long what follows is the same as the text's beginning (the Z function), in time
 * by the length of the text.
 */
function prefixLengths(text: string): Uint32Array {
  const lengths = new Uint32Array(text.length);
  let from = 0;
  let to = 0;
  for (let at = 1; at < text.length; at++) {
    let length = at < to ? Math.min(to - at, lengths[at - from] ?? 0) : 0;
    while (at + length < text.length && text[length] === text[at + length]) length++;
    lengths[at] = length;
    if (at + length > to) {
      from = at;
      to = at + length;
    }
  }
  return lengths;
}
