import type { JsonString } from "./json-strings.ts";
import { isWorthHiding } from "./names.ts";

/** Whether a string is a secret by its name, or by that of what it is the value of: `{ "name": "api_key", "value": "..." }`. */
export function isSecretString(
  { container, kind, name }: JsonString,
  text: string,
  isSecretField: (name: string) => boolean,
): boolean {
  if (container === undefined) return false;
  // A tool that fetches is given headers. A cookie without a name in it is something to eat.
  if (kind === "string" && /^(?:set-?)?cookies?$/i.test(name)) return text.includes("=");
  if (!isSecretField(name)) {
    if (kind !== "string" || (name !== "value" && name !== "stringValue")) return false;
    const isValue = isSecretField(container.label) || isSecretField(container.name);
    return isValue && isWorthHiding(text);
  }
  // A piece of text with its probability is called a token too.
  if (container.hasProbability) return false;
  // Ids of tokens are numbers; a password of digits alone is longer than most of them.
  if (kind === "scalar") return /^-?\d{6,}$/.test(text) && !/token$/i.test(name);
  return isWorthHiding(text);
}
