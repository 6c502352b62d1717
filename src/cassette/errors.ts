/**
 * The base of every error in this package. It has a stable `code`; subclasses have the facts as fields. The
 * message says what happened, then the facts, then what to do next.
 */
export class CassetteError extends Error {
  override readonly name: string = "CassetteError";
  /** Stable, upper case, starts with `CASSETTE_`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
