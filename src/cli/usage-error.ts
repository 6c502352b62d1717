import { CassetteError } from "../cassette/errors.ts";

/** Reports a wrong command line, and says what is valid. */
export class UsageError extends CassetteError {
  override readonly name = "UsageError";

  constructor(message: string) {
    super("CASSETTE_USAGE", message);
  }
}
