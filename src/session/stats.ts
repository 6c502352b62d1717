/** What became of the requests of one test. */
export interface CassetteStats {
  /** All that this cassette was asked for. */
  readonly requests: number;
  /** Answered from the tape. */
  readonly played: number;
  /** Went live and onto the tape. */
  readonly recorded: number;
  /** Had no recording: the client got a failed response. */
  readonly missed: number;
  /** Answered with the nearest recording (warn mode). */
  readonly substituted: number;
  /** Went to the live provider, which is as many as were recorded. */
  readonly live: number;
  /** Recordings that no request asked for. */
  readonly unplayed: number;
  /** Share of the requests that were answered as asked for, from 0 to 1; 1 where there were none. */
  readonly successRate: number;
}
