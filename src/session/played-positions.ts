import type { Session } from "./session.ts";

/** Returns the requests on the tape that a session played, by their positions from 0; several times if played as often. */
export function playedPositions({ run: { timeline } }: Session): readonly number[] {
  return timeline.entries
    .filter(({ kind }) => kind === "request")
    .flatMap((each, position) => Array<number>(timeline.played(each)).fill(position));
}
