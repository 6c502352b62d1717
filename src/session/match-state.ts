import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Playhead } from "../cassette/playhead.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import type { MatchState } from "../modes/decide.ts";
import type { Order } from "../modes/options.ts";

/** How a live request stands to the tape. */
export interface Match {
  readonly state: MatchState;
  readonly found: Found;
  /** The recording to play, or to play again where all were played. */
  readonly recording: Interaction | undefined;
}

/**
 * @param own whether a recording is one that this test may have made; those are played before others' equal ones
 */
export function matchState(
  index: RecordingIndex,
  playhead: Playhead,
  live: RecordedRequest,
  { order, own }: { readonly order: Order; readonly own: ((recording: Interaction) => boolean) | undefined },
): Match {
  const found = index.find(live);
  const { recordings } = found;
  if (recordings.length === 0) return { state: "none", found, recording: undefined };
  const next =
    (own && playhead.next(recordings.filter(own), order)) ?? playhead.next(recordings, own ? "any" : order);
  if (next === undefined) return { state: "used-up", found, recording: recordings.at(-1) };
  return { state: playhead.turn(next), found, recording: next };
}
