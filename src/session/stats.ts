import type { Run } from "../calls/run.ts";
import type { EventCounts } from "../events/bus.ts";
import { now } from "../http/real-clock.ts";

/** What happened to everything that one test asked for: requests, calls, steps, checkpoints and MCP messages. */
export interface CassetteStats {
  /** How much it asked for. */
  readonly asked: number;
  /** How many of these were requests. */
  readonly requests: number;
  /** Answered from the tape. */
  readonly played: number;
  /** Went live, and were recorded. */
  readonly recorded: number;
  /** Had no recording. */
  readonly missed: number;
  /** Answered with the nearest recording (warn mode). */
  readonly substituted: number;
  /** Recordings that nothing asked for. */
  readonly unplayed: number;
  /** Share of what was asked for that was played or recorded, from 0 to 1; 1 if nothing was. */
  readonly successRate: number;
  /** Bytes of the response bodies that it recorded. */
  readonly bytesRecorded: number;
  /**
   * Milliseconds that the cassette took from it: to open, to find what a request meets, and to close. Not what it waits for
   * responses, and not what a shared cassette takes when its file ends.
   */
  readonly overhead: number;
  /** The events of its session. None are sent if nobody listens or watches. */
  readonly events: EventCounts;
}

type Counted = Pick<CassetteStats, "requests" | "bytesRecorded" | "overhead">;

export function statsOf({ timeline, unplayed }: Run, counted: Counted): CassetteStats {
  const { asked, played, recorded } = timeline.tally;
  return {
    ...timeline.tally,
    ...counted,
    events: timeline.events.bus.counts,
    unplayed: unplayed.length,
    successRate: asked === 0 ? 1 : (played + recorded) / asked,
  };
}

/** Adds up the time that a test would not have taken without its cassette. */
export class Overhead {
  #sum = 0;

  /** Milliseconds by now. */
  get milliseconds(): number {
    return this.#sum;
  }

  /** Adds the time since `startedAt`, on the clock of `now()`. */
  since(startedAt: number): void {
    this.#sum += now() - startedAt;
  }
}
