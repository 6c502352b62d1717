import { isObject } from "../../cassette/is-object.ts";
import type { StreamTrace } from "../../streams/stream-trace.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { assertDecoded, unknown } from "./support/assert-streams.ts";
import { differentWords } from "./support/duplicates.ts";
import type { MatcherContext, MatcherResult } from "./support/matcher-context.ts";
import { joined, piecesOf } from "./support/pieces.ts";
import { showEvents } from "./support/show-events.ts";
import type { StreamMatcherOptions } from "./support/subject.ts";
import { quote } from "./support/words.ts";

/** Checks that the text does not start over in the middle of the stream. */
export function toHaveNoRestart(
  this: MatcherContext,
  received: unknown,
  options?: StreamMatcherOptions,
): MatcherResult {
  const claim = { is: "no restart of the text", isNot: "a restart of the text" };
  return assertDecoded(this, "toHaveNoRestart", received, options, claim, (trace) => {
    if (hasSeveralChoices(trace)) return unknown("the stream mixes the texts of several choices", trace);
    const restart = findRestart(trace);
    if (restart === undefined) return { holds: true, found: "there is none", show: () => showEvents(trace) };
    const { kind, event, repeated, sign } = restart;
    return {
      holds: false,
      found: `the ${kind} starts over at event ${event.index}${sign}: ${quote(repeated)} is repeated`,
      show: () => showEvents(trace, [event.index], 3),
    };
  });
}

/** An event at which a text starts over. */
interface Restart {
  readonly kind: "text" | "reasoning";
  readonly event: TraceEvent;
  /** The opening of the text, as far as it is repeated. */
  readonly repeated: string;
  /** `, after a second message_start`. */
  readonly sign: string;
}

/** A shorter opening may be repeated by chance. */
const FEWEST_WORDS = 3;

/**
 * Finds the first event at which the text or the reasoning begins again with its own opening, at least three different
 * words of it. A model may quote its opening later, so this also requires one of:
 *
 * - everything before the event is repeated
 * - the provider opens a response a second time: another `message_start`, another id
 * - the stream is cut off within the repetition
 */
function findRestart(trace: StreamTrace): Restart | undefined {
  const wasCut = trace.end !== "complete" || trace.terminated === false;
  for (const kind of ["text", "reasoning"] as const) {
    const pieces = piecesOf(trace, kind);
    const text = joined(pieces);
    const repeats = prefixLengths(text);
    for (const [index, { event, from }] of pieces.entries()) {
      const length = Math.min(repeats[from] ?? 0, from);
      if (length === 0) continue;
      const repeated = text.slice(0, length);
      if (differentWords(repeated) < FEWEST_WORDS) continue;
      const sign = secondOpening(trace.events, pieces[index - 1]?.event, event);
      const untilTheCut = wasCut && from + length === text.length;
      if (length === from || sign !== "" || untilTheCut) return { kind, event, repeated, sign };
    }
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

/** Computes for each position how much of the text's opening follows it (the Z function), in linear time. */
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
