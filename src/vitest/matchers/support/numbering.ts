import { isObject } from "../../../cassette/is-object.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

/** A place at which the numbers of a stream do not go on by one. */
export interface NumberingFault {
  readonly event: TraceEvent;
  /** `sequence_number 5 to 7 are missing before event 6`. */
  readonly words: string;
}

export interface Numbering {
  /** `sequence_number` or `id`. */
  readonly field: string;
  /** `0 to 17`; with several answers in one stream, that of each. */
  readonly ranges: readonly string[];
  readonly faults: readonly NumberingFault[];
}

/**
 * The provider's own numbers in a stream. An SSE `id` is taken for one where it is a whole number and goes up
 * by one at least once: times and random numbers do not count events. Each answer in the stream has its own.
 */
export function numberingOf({ events }: StreamTrace): Numbering | { readonly why: string } {
  const answers = answersOf(events);
  const numbered = events.flatMap((event, index): Numbered[] => {
    const { sequence } = event;
    return sequence === undefined ? [] : [{ event, number: sequence, answer: answers[index] }];
  });
  const [first] = numbered;
  if (first === undefined)
    return { why: "its events bear no numbers, neither sequence_number nor an SSE id that is one" };
  const field =
    isObject(first.event.payload) && "sequence_number" in first.event.payload ? "sequence_number" : "id";
  const counts = numbered.some(
    ({ number }, index) => index > 0 && number === (numbered[index - 1]?.number ?? 0) + 1,
  );
  if (field === "id" && !counts) return { why: "the SSE ids of its events do not count them" };

  const byAnswer = [...Map.groupBy(numbered, ({ answer }) => answer).values()];
  return {
    field,
    ranges: byAnswer.map((own) => `${own[0]?.number} to ${own.at(-1)?.number}`),
    faults: byAnswer.flatMap((own) => faultsOf(own, field)),
  };
}

/**
 * Which answer each event belongs to. An application, or a gateway, may send several answers of the Responses API
 * in one stream, and each counts its events from 0; one that is sent a second time has its old id.
 */
export function answersOf(events: readonly TraceEvent[]): readonly (string | undefined)[] {
  let current: string | undefined;
  return events.map(({ type, payload }) => {
    if (type === "response.created" && isObject(payload) && isObject(payload.response)) {
      const { id } = payload.response;
      if (typeof id === "string" && id !== "") current = id;
    }
    return current;
  });
}

interface Numbered {
  readonly event: TraceEvent;
  readonly number: number;
  readonly answer: string | undefined;
}

function faultsOf(numbered: readonly Numbered[], field: string): readonly NumberingFault[] {
  const faults: NumberingFault[] = [];
  const all = new Set(numbered.map(({ number }) => number));
  const seen = new Map<number, TraceEvent>();
  let previous: number | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { event, number } of numbered) {
    const before = seen.get(number);
    const goesOn = previous === undefined || number === previous + 1;
    if (before !== undefined) {
      faults.push({
        event,
        words: `${field} ${number} of event ${before.index} comes again with event ${event.index}`,
      });
    } else if (!goesOn && number > highest) {
      const words = missing(highest + 1, number - 1, all);
      if (words !== undefined)
        faults.push({ event, words: `${field} ${words} missing before event ${event.index}` });
    } else if (!goesOn) {
      faults.push({
        event,
        words: `${field} goes back from ${previous} to ${number} at event ${event.index}`,
      });
    }
    seen.set(number, event);
    previous = number;
    highest = Math.max(highest, number);
  }
  return faults;
}

/** `5 is`, `5 to 7 are`; `undefined` where all of them come later. */
function missing(from: number, to: number, all: ReadonlySet<number>): string | undefined {
  let first = from;
  let last = to;
  while (first <= last && all.has(first)) first++;
  while (last >= first && all.has(last)) last--;
  if (first > last) return undefined;
  return first === last ? `${first} is` : `${first} to ${last} are`;
}
