/**
 * Every error of this package: a stable `code` to switch on, the facts as fields of the subclass, and a
 * message that reads "what happened, the facts, what to do next".
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
