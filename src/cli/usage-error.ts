import { CassetteError } from "../cassette/errors.ts";

/** A command line that cannot be read; says what is valid. */
export class UsageError extends CassetteError {
  override readonly name = "UsageError";

  constructor(message: string) {
    super("CASSETTE_USAGE", message);
  }
}
