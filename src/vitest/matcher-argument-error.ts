import { CassetteError } from "../cassette/errors.ts";

/** A matcher was called with an argument that it does not accept. */
export class MatcherArgumentError extends CassetteError {
  override readonly name = "MatcherArgumentError";
  /** Name of the matcher: `toHaveGapsWithin`. */
  readonly matcher: string;

  constructor(matcher: string, why: string) {
    super("CASSETTE_MATCHER_ARGUMENT", `Failed to check ${matcher}: ${why}`);
    this.matcher = matcher;
  }
}
