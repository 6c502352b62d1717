import { isContainer, mapParts, sortedKeys } from "./container.ts";
import { joinPath } from "./path.ts";

/** The placeholder that redaction writes for a secret: `<redacted:openai-key>`, `<redacted:openai-key-2>`. */
const PLACEHOLDER = /<redacted(?::[a-z0-9]+(?:[-:][a-z0-9]+)*)?>/g;

/** Every placeholder contains it, also in a URL or a form. */
export const PLACEHOLDER_WORD = "redacted";

/** Every secret looks like this when requests are compared: another machine has another key. */
const ANY_SECRET = "<redacted>";

/** The placeholders in a request by path: `body.token`. */
export type Secrets = ReadonlyMap<string, string>;

export const NO_SECRETS: Secrets = new Map();

/** Whether the text may contain a placeholder. */
export function mayHoldSecrets(text: string): boolean {
  return text.includes("<redacted");
}

/** Returns the text with every placeholder replaced by `<redacted>`. */
export function anySecret(text: string): string {
  return mayHoldSecrets(text) ? text.replace(PLACEHOLDER, ANY_SECRET) : text;
}

/** Returns a copy of the value with every placeholder replaced by `<redacted>`, and adds those it found to `found`. */
export function takeSecrets(value: unknown, path: string, found: Map<string, string>): unknown {
  if (typeof value === "string") {
    if (!mayHoldSecrets(value)) return value;
    for (const [index, placeholder] of (value.match(PLACEHOLDER) ?? []).entries()) {
      // A stand-in without a type says nothing about which secret it is.
      if (placeholder !== ANY_SECRET) found.set(index === 0 ? path : `${path}#${index + 1}`, placeholder);
    }
    return anySecret(value);
  }
  if (!isContainer(value)) return value;
  return mapParts(value, (part, key) => takeSecrets(part, joinPath(path, key), found), sortedKeys);
}
