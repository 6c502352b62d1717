import type { MissReason } from "../diagnosis/miss-facts.ts";
import type { Mode, Order, RecordChoice, Repeat } from "./options.ts";

/**
 * What the tape has for a live request:
 * - `next`: an unplayed recording, the next one on the tape
 * - `ahead`: an unplayed recording, but unplayed ones come before it
 * - `behind`: an unplayed recording, but later ones were played already
 * - `used-up`: only recordings that were played
 * - `none`: no recording
 *
 * The first three differ only with `order: 'recorded'`.
 */
export type MatchState = "next" | "ahead" | "behind" | "used-up" | "none";

/** Everything that the decision about one live request depends on. */
export interface Situation {
  readonly record: RecordChoice;
  /** `true` in CI, unless `RECORD_ON_CI` is set. No request may reach a provider then. */
  readonly recordingRefused: boolean;
  readonly mode: Mode;
  readonly match: MatchState;
  /** Whether the tape holds a request of the same method, origin and path. */
  readonly candidate: boolean;
  /** Whether the cassette file exists. */
  readonly tape: "present" | "missing";
  readonly repeat: Repeat;
  readonly order: Order;
}

/** What to do with one live request. */
export type Decision =
  /** Play its next unplayed recording. */
  | { readonly kind: "play" }
  /** Play its last recording once more. */
  | { readonly kind: "repeat" }
  /** Play the nearest recording of the same endpoint, and warn why. */
  | { readonly kind: "substitute"; readonly reason: MissReason }
  /** Send it to the provider and record the response; `live`: behind the checkpoint of `liveAfter`. */
  | { readonly kind: "record"; readonly because: "all" | "new" | "update" | "hybrid" | "live" }
  /** Give the client a failed response and fail the test. */
  | { readonly kind: "miss"; readonly reason: MissReason }
  /** Recording was requested but is refused: give the client a failed response and fail the test. */
  | { readonly kind: "refuse" };

/** Decides what to do with a live request. Pure: its test holds the whole table. */
export function decide(situation: Situation): Decision {
  const { record, recordingRefused, mode } = situation;
  if (record !== "off" && recordingRefused) return { kind: "refuse" };
  if (record === "all") return { kind: "record", because: "all" };

  const adds = record !== "off" ? record : mode === "hybrid" && !recordingRefused ? "hybrid" : undefined;
  const found = play(situation, adds !== undefined);
  if (found !== undefined) return found;

  const reason = missReason(situation);
  // If recordings only are added, a recorded request never goes live, and is a miss if it was sent out of order.
  const isRecorded = reason === "out-of-order" && adds !== "update";
  if (adds !== undefined && !isRecorded) return { kind: "record", because: adds };
  if (mode === "warn" && situation.candidate) return { kind: "substitute", reason };
  return { kind: "miss", reason };
}

function play({ match, order, repeat }: Situation, adds: boolean): Decision | undefined {
  switch (match) {
    case "next":
      return { kind: "play" };
    case "ahead":
      // If requests may be added, others may be missing too, so a gap does not break the sequence.
      return order === "any" || adds ? { kind: "play" } : undefined;
    case "behind":
      return order === "any" ? { kind: "play" } : undefined;
    case "used-up":
      return repeat === "last" ? { kind: "repeat" } : undefined;
    case "none":
      return undefined;
  }
}

function missReason({ match, tape, candidate }: Situation): MissReason {
  if (tape === "missing") return "no-tape";
  switch (match) {
    case "next":
    case "ahead":
    case "behind":
      return "out-of-order";
    case "used-up":
      return "used-up";
    case "none":
      return candidate ? "different" : "not-recorded";
  }
}
