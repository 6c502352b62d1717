import { isObject } from "../../../cassette/is-object.ts";
import type { StreamTrace } from "../../../streams/stream-trace.ts";
import type { TraceEvent } from "../../../streams/trace-event.ts";

/** An event whose number does not follow the one before it. */
export interface NumberingFault {
  readonly event: TraceEvent;
  /** `sequence_number 5 to 7 are missing before event 6`. */
  readonly words: string;
}

export interface Numbering {
  /** `sequence_number` or `id`. */
  readonly field: string;
  /** `0 to 17`, one for each response in the stream. */
  readonly ranges: readonly string[];
  readonly faults: readonly NumberingFault[];
}

interface Numbered {
  readonly event: TraceEvent;
  readonly number: number;
  readonly response: string | undefined;
}

/**
 * Reads the provider's own numbers. SSE ids count if they are integers and at least one of them is one more than the
 * id before it: times and random numbers do not count events. Each response in the stream has its own numbers.
 */
export function numberingOf({ events }: StreamTrace): Numbering | { readonly why: string } {
  const responses = responsesOf(events);
  const numbered = events.flatMap((event, index): Numbered[] => {
    const { sequence } = event;
    return sequence === undefined ? [] : [{ event, number: sequence, response: responses[index] }];
  });
  const [first] = numbered;
  if (first === undefined)
    return { why: "its events have no numbers, neither a sequence_number nor a numeric SSE id" };
  const { payload } = first.event;
  const field = isObject(payload) && "sequence_number" in payload ? "sequence_number" : "id";
  const counts = numbered.some(({ number }, index) => number - 1 === numbered[index - 1]?.number);
  if (field === "id" && !counts) return { why: "the SSE ids of its events do not count up by one" };

  const byResponse = [...Map.groupBy(numbered, ({ response }) => response).values()];
  return {
    field,
    ranges: byResponse.map((own) => `${own[0]?.number} to ${own.at(-1)?.number}`),
    faults: byResponse.flatMap((own) => faultsOf(own, field)),
  };
}

/**
 * Tells which response each event belongs to. An application or a gateway may send several responses of the
 * Responses API in one stream, each numbered from 0. A response that is sent again has the same id.
 */
export function responsesOf(events: readonly TraceEvent[]): readonly (string | undefined)[] {
  let current: string | undefined;
  return events.map(({ type, payload }) => {
    if (type === "response.created" && isObject(payload) && isObject(payload.response)) {
      const { id } = payload.response;
      if (typeof id === "string" && id !== "") current = id;
    }
    return current;
  });
}

function faultsOf(numbered: readonly Numbered[], field: string): readonly NumberingFault[] {
  const faults: NumberingFault[] = [];
  const all = new Set(numbered.map(({ number }) => number));
  const seen = new Map<number, TraceEvent>();
  let previous: number | undefined;
  let highest = Number.NEGATIVE_INFINITY;
  for (const { event, number } of numbered) {
    const before = seen.get(number);
    const follows = previous === undefined || number === previous + 1;
    const missing = follows || number < highest ? undefined : missingNumbers(highest + 1, number - 1, all);
    if (before !== undefined) {
      faults.push({
        event,
        words: `${field} ${number} of event ${before.index} is repeated in event ${event.index}`,
      });
    } else if (missing !== undefined) {
      faults.push({ event, words: `${field} ${missing} missing before event ${event.index}` });
    } else if (!follows && number < highest) {
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

/** `5 is`, `5 to 7 are`; `undefined` if all of them come later. */
function missingNumbers(from: number, to: number, all: ReadonlySet<number>): string | undefined {
  let first = from;
  let last = to;
  while (first <= last && all.has(first)) first++;
  while (last >= first && all.has(last)) last--;
  if (first > last) return undefined;
  return first === last ? `${first} is` : `${first} to ${last} are`;
}
