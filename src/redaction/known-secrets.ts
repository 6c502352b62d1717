import { type Treatment, treatBody, treatText } from "./body.ts";
import type { RedactContext, RedactOptions } from "./options.ts";
import { TapePlaceholders } from "./placeholder.ts";
import { rulesOf } from "./rules.ts";

/**
 * Removes what is a secret by its shape or its value from what is printed of a stream. Names of fields tell nothing
 * here, other than on a tape: an application's own protocol may well call a piece of text `token`.
 */
export class KnownSecrets {
  readonly #treatments: readonly Treatment[];

  /** The environment is read once, here. */
  constructor(options: RedactOptions, context: RedactContext) {
    const rules = rulesOf(options, context);
    this.#treatments = [{ rules, mode: { names: false }, placeholders: new TapePlaceholders() }];
  }

  removeFrom(text: string): string {
    return treatText(text, this.#treatments, "text", (inspection, source) => inspection.text(source));
  }

  /** As many chunks as there were; `undefined` where nothing was found in them, however it is cut. */
  removeFromBody(chunks: readonly Uint8Array[], contentType: string): readonly Uint8Array[] | undefined {
    const body = { chunks, contentType, contentEncoding: "", place: "response.body" };
    return treatBody(body, this.#treatments)?.chunks;
  }
}
