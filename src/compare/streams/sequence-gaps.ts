import { isObject } from "../../cassette/is-object.ts";
import type { TraceEvent } from "../../streams/trace-event.ts";
import { responsesOf } from "./duplicates.ts";

/** A number that is not one more than the number before it. */
export interface SequenceGap {
  /** The index of the event with the second number. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
}

/** The provider's own numbers of events. */
export type Numbering =
  | {
      readonly field: "sequence_number" | "id";
      readonly count: number;
      readonly gaps: readonly SequenceGap[];
    }
  /** Why they say nothing. */
  | { readonly unknown: string };

/**
 * Checks the numbers of events. SSE ids count if they are integers and at least one of them is one more than the id
 * before it: times and random numbers do not count events. Each response in the stream has its own numbers.
 */
export function checkNumbering(events: readonly TraceEvent[]): Numbering {
  const responses = responsesOf(events);
  const numbered = events.flatMap(({ index, sequence }, position) =>
    sequence === undefined ? [] : [{ index, number: sequence, response: responses[position] }],
  );
  if (numbered.length === 0)
    return { unknown: "its events have no numbers, neither a sequence_number nor a numeric SSE id" };
  const steps = [...Map.groupBy(numbered, ({ response }) => response).values()].flatMap((own) =>
    own.slice(1).map(({ index, number }, before) => ({ index, from: own[before]?.number ?? 0, to: number })),
  );
  const hasField = events.some(({ payload }) => isObject(payload) && "sequence_number" in payload);
  const field = hasField ? "sequence_number" : "id";
  if (field === "id" && !steps.some(({ from, to }) => to === from + 1))
    return { unknown: "the SSE ids of its events do not count up by one" };
  return { field, count: numbered.length, gaps: steps.filter(({ from, to }) => to !== from + 1) };
}
