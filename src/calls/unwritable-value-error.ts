import { CassetteError } from "../cassette/errors.ts";
import { joinPath } from "../matching/path.ts";

/** Reports a value that a tape cannot store, by its path. */
export class UnwritableValueError extends CassetteError {
  override readonly name: string = "UnwritableValueError";
  readonly #trail: readonly (string | number)[];
  /** What was found there: `a function`. */
  readonly found: string;

  constructor(trail: readonly (string | number)[], found: string, of?: string) {
    const path = trail.reduce<string>(joinPath, "");
    super(
      "CASSETTE_VALUE",
      `Failed to write ${path}${of === undefined ? "" : ` of ${of}`}: it is ${found}, which a cassette cannot store. ` +
        "Use plain data, or choose what is written: `key` for the input of a call, `sanitize` for any of its values.",
    );
    this.#trail = [...trail];
    this.found = found;
  }

  /** The path of the value: `output.client`. */
  get path(): string {
    return this.#trail.reduce<string>(joinPath, "");
  }

  /** Returns the same error that also names the call or checkpoint. */
  of(name: string): UnwritableValueError {
    return new UnwritableValueError(this.#trail, this.found, name);
  }
}
