import type { JsonLeaf } from "./json-leaf.ts";
import type { Rules } from "./rules.ts";

/** Values that stand under secret names and say nothing: of settings, of schemas. */
const EMPTY_WORDS = new Set([
  ..."true false null none undefined string number integer boolean object array required optional".split(" "),
  ..."auto default yes no on off bearer basic".split(" "),
]);

const VALUE_NAMES = new Set(["value", "stringValue"]);

/**
 * Whether a leaf is a secret by its name, or by that of what it is the value of: `{ "name": "api_key",
 * "value": "..." }`, `{ "client_secret": { "value": "..." } }`. `countsEmpty`: whether it need have a value.
 */
export function isNamedSecret(leaf: JsonLeaf, rules: Rules, countsEmpty: boolean): boolean {
  const { container, kind, name } = leaf;
  if (container === undefined) return false;
  // A tool that fetches is given headers. What has no name within it is something to eat.
  if (kind === "string" && /^(?:set-?)?cookies?$/i.test(name)) return leaf.content.text.includes("=");
  if (!rules.isSecretField(name)) {
    if (kind !== "string" || !VALUE_NAMES.has(name)) return false;
    const isValue = rules.isSecretField(container.label) || rules.isSecretField(container.name);
    return isValue && isWorthHiding(leaf.content.text);
  }
  // A piece of text with its probability is called a token too.
  if (container.hasProbability) return false;
  const { text } = leaf.content;
  if (kind === "scalar") {
    // Ids of tokens are numbers; a password of digits alone is longer than most of them.
    if (/^-?\d{6,}$/.test(text)) return !/token$/i.test(name);
    return countsEmpty && text === "null";
  }
  return text === "" ? countsEmpty : isWorthHiding(text);
}

function isWorthHiding(text: string): boolean {
  return text.trim() !== "" && !EMPTY_WORDS.has(text.trim().toLowerCase());
}

/** How long the name of the scheme before a credential is: `Bearer `. */
export function schemeLength(text: string): number {
  return /^(?:Bearer|Basic|Token|Digest|AWS4-HMAC-SHA256)\s+/i.exec(text)?.[0].length ?? 0;
}

const SEPARATOR = /[:=]\s{0,3}["']?(?:(?:Bearer|Basic|Token)\s)?/g;
const VALUE = /[^\s"',;&)}\]<>]{6,4096}/y;

/** Secrets that a message names in passing: `x-api-key: abc123`, `password=...`. */
export function mentionsIn(
  text: string,
  isSecret: (name: string) => boolean,
): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  return [...text.matchAll(SEPARATOR)].flatMap((match) => {
    const name = nameBefore(text, match.index);
    if (name === "" || !isSecret(name)) return [];
    const start = match.index + match[0].length;
    VALUE.lastIndex = start;
    const value = VALUE.exec(text)?.[0] ?? "";
    return isWorthHiding(value) ? [{ name, start, end: start + value.length }] : [];
  });
}

const SHORTEST_NAME = 3;
const LONGEST_NAME = 61;

/**
 * The name that a separator stands behind, perhaps quoted; empty where there is none. Read from its end, since
 * a text may be a megabyte without a space: an image, say.
 */
function nameBefore(text: string, separator: number): string {
  let end = separator;
  for (let spaces = 0; spaces < 3 && /\s/.test(text.charAt(end - 1)); spaces++) end--;
  if (/["']/.test(text.charAt(end - 1))) end--;
  let start = end;
  while (end - start < LONGEST_NAME && /[\w-]/.test(text.charAt(start - 1))) start--;
  const name = text.slice(start, end).replace(/^[^A-Za-z]+/, "");
  return name.length < SHORTEST_NAME ? "" : name;
}
