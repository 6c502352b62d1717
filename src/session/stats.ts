import type { Run } from "../calls/run.ts";

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
}

export function statsOf({ timeline, unplayed }: Run, requests: number): CassetteStats {
  const { asked, played, recorded } = timeline.tally;
  return {
    ...timeline.tally,
    requests,
    unplayed: unplayed.length,
    successRate: asked === 0 ? 1 : (played + recorded) / asked,
  };
}
