/** What happened to the requests of one test. */
export interface CassetteStats {
  /** All requests. */
  readonly requests: number;
  /** Answered from the tape. */
  readonly played: number;
  /** Sent to the live provider and recorded. */
  readonly recorded: number;
  /** Had no recording: the client got a failed response. */
  readonly missed: number;
  /** Answered with the nearest recording (warn mode). */
  readonly substituted: number;
  /** Sent to the live provider: as many as were recorded. */
  readonly live: number;
  /** Recordings that no request asked for. */
  readonly unplayed: number;
  /** Share of the requests that were played or recorded, from 0 to 1; 1 if there were none. */
  readonly successRate: number;
}
