import type { RecordedResponse } from "../cassette/model.ts";
import { eventFraming, eventLengths } from "../format/events.ts";

/** Byte offsets at which the events of a recorded body end, ascending. */
export function eventEnds(
  bytes: Uint8Array,
  { headers }: Pick<RecordedResponse, "headers">,
): readonly number[] {
  let end = 0;
  return eventLengths(bytes, eventFraming(headers)).map((length) => {
    end += length;
    return end;
  });
}
