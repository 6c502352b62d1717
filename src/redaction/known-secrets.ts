import type { RedactContext, RedactOptions } from "./options.ts";
import { TapePlaceholders } from "./placeholder.ts";
import { redactBody, redactString, type Treatment } from "./redact-text.ts";
import { rulesOf } from "./rules.ts";

/**
 * Removes secrets from what is printed about a stream, by pattern and by value. Ignores names of fields, unlike on a
 * tape: an app's own protocol can call a piece of text `token`.
 */
export class KnownSecrets {
  readonly #treatments: readonly Treatment[];

  /** Reads the environment once. */
  constructor(options: RedactOptions, context: RedactContext) {
    const rules = rulesOf(options, context);
    this.#treatments = [
      { rules, mode: { names: false, isShown: true }, placeholders: new TapePlaceholders() },
    ];
  }

  removeFrom(text: string): string {
    return redactString(text, this.#treatments, ["text"], (inspection) => inspection.text());
  }

  /** Returns the same number of chunks; `undefined` if they contain no secret. */
  removeFromBody(chunks: readonly Uint8Array[], contentType: string): readonly Uint8Array[] | undefined {
    return redactBody(
      { chunks, contentType, contentEncoding: undefined, path: ["response", "body"] },
      this.#treatments,
    )?.chunks;
  }
}
