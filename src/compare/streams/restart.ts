import { isObject } from "../../cassette/is-object.ts";
import { commonHead } from "../../matching/common-ends.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { startOfWord } from "./duplicates.ts";
import { piecesOf } from "./pieces.ts";

/** A shorter opening may be repeated by chance. */
const FEWEST_WORDS = 3;

/** A text that begins again. */
export interface Restart {
  readonly kind: "text" | "reasoning";
  /** The index of the event at which it does. */
  readonly event: number;
  /** How the provider opened a response again, as it reads after "at event 5"; empty if it did not. */
  readonly sign: string;
  /** The repeated text. */
  readonly repeated: string;
}

/**
 * Finds the first event at which a text begins again with its own opening, at least three different words of it. A
 * model may quote its opening later, so this also requires one of:
 *
 * - everything before the event is repeated
 * - the provider opens a response a second time: another `message_start`, another id
 * - the stream is cut off within the repetition
 */
export function findRestart(trace: StreamTrace, kind: Restart["kind"]): Restart | undefined {
  const wasCut = trace.end !== "complete" || trace.terminated === false;
  const pieces = piecesOf(trace, kind);
  const text = trace[kind];
  const start = startOfWord(text, FEWEST_WORDS);
  if (start === undefined) return undefined;
  for (const [index, { event, from }] of pieces.entries()) {
    const repeated = text.slice(0, Math.min(commonHead(text, text.slice(from)), from));
    if (repeated.length <= start) continue;
    const sign = secondOpening(trace.events, pieces[index - 1]?.event, event);
    const untilTheCut = wasCut && from + repeated.length === text.length;
    if (repeated.length < from && sign === "" && !untilTheCut) continue;
    return { kind, event: event.index, sign, repeated };
  }
  return undefined;
}

/** Says how the provider opened a response between two events with text; empty if it did not. */
function secondOpening(
  events: readonly TraceEvent[],
  before: TraceEvent | undefined,
  event: TraceEvent,
): string {
  const [first] = events;
  if (first === undefined || before === undefined) return "";
  if (!first.hasContent && first.type !== "message" && !first.type.endsWith(".chunk")) {
    const between = events.slice(before.index + 1, event.index);
    if (between.some(({ type }) => type === first.type)) return `, after a second ${first.type}`;
  }
  const [old, now] = [idOf(before), idOf(event)];
  return old !== undefined && now !== undefined && old !== now ? `, with another id, ${now}` : "";
}

/** Returns the id of the response that an event belongs to: Chat Completions and Gemini repeat it in each event. */
function idOf({ payload }: TraceEvent): string | undefined {
  if (!isObject(payload)) return undefined;
  const id = Array.isArray(payload.choices) ? payload.id : payload.responseId;
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** Tells whether a stream has several choices, whose texts it mixes. */
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
