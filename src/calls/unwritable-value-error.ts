import { CassetteError } from "../cassette/errors.ts";
import { joinPath } from "../matching/path.ts";

/** Where a value is: `output.client`, of what. */
export interface ValuePlace {
  readonly trail: readonly (string | number)[];
  /** The name of the call or checkpoint. */
  readonly of: string | undefined;
}

/** Reports a value that a tape cannot store, by its path. */
export class UnwritableValueError extends CassetteError {
  override readonly name: string = "UnwritableValueError";

  /** @param found what is there: `a function` */
  constructor({ trail, of }: ValuePlace, found: string) {
    const path = trail.reduce<string>(joinPath, "");
    super(
      "CASSETTE_VALUE",
      `Failed to write ${path}${of === undefined ? "" : ` of ${of}`}: it is ${found}, which a cassette cannot store. ` +
        "Use plain data, or choose what is written: `key` for the input of a call, `sanitize` for any of its values.",
    );
  }
}
