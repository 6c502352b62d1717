import type { MissReason } from "../diagnosis/miss-reason.ts";
import type { Mode, Order, RecordChoice, Repeat } from "./options.ts";

/**
 * How a live request stands to the tape:
 * - `next`: it has a recording that was not played, the next one on the tape
 * - `ahead`: it has one, but recordings that stand before it were not played
 * - `behind`: it has one, but recordings that stand behind it were played
 * - `used-up`: all its recordings were played
 * - `none`: it has no recording
 *
 * The first three differ only with `order: 'recorded'`.
 */
export type MatchState = "next" | "ahead" | "behind" | "used-up" | "none";

/** All that the answer to one live request depends on. */
export interface Situation {
  readonly record: RecordChoice;
  /** `true` in CI, unless `RECORD_ON_CI` is set: nothing may reach a provider. */
  readonly recordingRefused: boolean;
  readonly mode: Mode;
  readonly match: MatchState;
  /** Whether the tape holds a request of the same method, origin and path. */
  readonly candidate: boolean;
  /** Whether there is a cassette file. */
  readonly tape: "present" | "missing";
  readonly repeat: Repeat;
  readonly order: Order;
}

/** What becomes of one live request. */
export type Decision =
  /** Its next unplayed recording is played. */
  | { readonly kind: "play" }
  /** Its last recording is played once more. */
  | { readonly kind: "repeat" }
  /** The nearest recording of the same endpoint is played, and the test warned of why it had to be. */
  | { readonly kind: "substitute"; readonly reason: MissReason }
  /** It goes to the live provider and onto the tape. */
  | { readonly kind: "record"; readonly because: "all" | "new" | "hybrid" }
  /** The client gets a failed response, the test fails. */
  | { readonly kind: "miss"; readonly reason: MissReason }
  /** Recording was asked for where it is refused: the client gets a failed response, the test fails. */
  | { readonly kind: "refuse" };

/** Decides what a live request meets. Pure: the whole table is in its test. */
export function decide(situation: Situation): Decision {
  const { record, recordingRefused, mode } = situation;
  if (record !== "off" && recordingRefused) return { kind: "refuse" };
  if (record === "all") return { kind: "record", because: "all" };

  const adds = record === "new" ? "new" : mode === "hybrid" && !recordingRefused ? "hybrid" : undefined;
  const found = play(situation, adds !== undefined);
  if (found !== undefined) return found;

  const reason = missReason(situation);
  // What is on the tape never goes live: out of its turn it is a miss, recorded anew only with RECORD=1.
  if (adds !== undefined && reason !== "out-of-order") return { kind: "record", because: adds };
  if (mode === "warn" && situation.candidate) return { kind: "substitute", reason };
  return { kind: "miss", reason };
}

function play({ match, order, repeat }: Situation, adds: boolean): Decision | undefined {
  switch (match) {
    case "next":
      return { kind: "play" };
    case "ahead":
      // Where requests may be added some may be left out as well, so a gap does not break the sequence.
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
