/** How much of a file is taken in before it is refused: a tape comes out of a repository, and may be anyone's. */
export interface TapeLimits {
  /**
   * Length of the text in characters.
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
   * Fields and items of lists in all. Memory goes with them and not with the length of the text.
   *
   * @defaultValue 3,000,000
   */
  readonly maxValues: number;
  /**
   * Chunks of all responses on one tape: an event of three bytes may be one, and takes a hundred times that.
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

/** For a text that this package has just made itself. */
export const NO_TAPE_LIMITS: TapeLimits = {
  maxLength: Number.POSITIVE_INFINITY,
  maxInteractions: Number.POSITIVE_INFINITY,
  maxValues: Number.POSITIVE_INFINITY,
  maxChunks: Number.POSITIVE_INFINITY,
};

/** 24 days, what a timer holds. A time beyond it is a mistake, and would hang a replay at recorded speed. */
export const MAX_MILLISECONDS = 2_147_483_647;
