import type { RedactContext, RedactOptions } from "./options.ts";
import { TapePlaceholders } from "./placeholder.ts";
import { redactBody, redactString, type Treatment } from "./redact-text.ts";
import { rulesOf } from "./rules.ts";

/**
 * Removes what is a secret by its shape or its value from what is printed of a stream. Names of fields say nothing here,
 * other than on a tape: an application's own protocol may well call a piece of text `token`.
 */
export class KnownSecrets {
  readonly #treatments: readonly Treatment[];

  /** Reads the environment once. */
  constructor(options: RedactOptions, context: RedactContext) {
    const rules = rulesOf(options, context);
    this.#treatments = [{ rules, mode: { names: false }, placeholders: new TapePlaceholders() }];
  }

  removeFrom(text: string): string {
    return redactString(text, this.#treatments, ["text"], (inspection) => inspection.text(inspection.source));
  }

  /** As many chunks as there were; `undefined` if nothing was found in them, however it is cut. */
  removeFromBody(chunks: readonly Uint8Array[], contentType: string): readonly Uint8Array[] | undefined {
    return redactBody(
      { chunks, contentType, contentEncoding: undefined, path: ["response", "body"] },
      this.#treatments,
    )?.chunks;
  }
}
