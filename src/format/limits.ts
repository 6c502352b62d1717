/** Limits of a file. A tape comes from a repository, and may be anyone's. */
export interface TapeLimits {
  /**
   * Characters of the text.
   *
   * @defaultValue 64 Mi
   */
  readonly maxLength: number;
  /**
   * Interactions on one tape.
   *
   * @defaultValue 100,000
   */
  readonly maxInteractions: number;
  /**
   * Fields and items of lists. They, and not the length of the text, decide how much memory it takes.
   *
   * @defaultValue 3,000,000
   */
  readonly maxValues: number;
  /**
   * Chunks of all responses on one tape. A chunk of three bytes takes a hundred times that in memory.
   *
   * @defaultValue 1,000,000
   */
  readonly maxChunks: number;
}

export const DEFAULT_TAPE_LIMITS: TapeLimits = {
  maxLength: 64 * 1024 * 1024,
  maxInteractions: 100_000,
  maxValues: 3_000_000,
  maxChunks: 1_000_000,
};

/** For a text that this package has just rendered. */
export const NO_TAPE_LIMITS: TapeLimits = {
  maxLength: Number.POSITIVE_INFINITY,
  maxInteractions: Number.POSITIVE_INFINITY,
  maxValues: Number.POSITIVE_INFINITY,
  maxChunks: Number.POSITIVE_INFINITY,
};

/** 24 days, the maximum of a timer. A longer time is a mistake, and would hang a replay at recorded speed. */
export const MAX_MILLISECONDS = 2_147_483_647;
