import { createHash } from "node:crypto";

const MAX_CHARACTERS = 60;
const HASH_DIGITS = 8;

/** Names that Windows reserves for devices, with any ending. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)$/i;

/** Whether Windows takes a file name for a device: `nul`, `COM1.yaml`. */
export function isDeviceName(name: string): boolean {
  return DEVICE.test(name.split(".", 1)[0]?.trimEnd() ?? "");
}

/**
 * Makes a file name from the title of a test: lower case, letters and digits of any script, dashes for the rest. It is
 * never empty, and never a name that Windows refuses. A long name is cut and ends in a short hash of the whole.
 */
export function slug(title: string): string {
  const name = dashed(title);
  if (name === undefined) return `test-${shortHash(title)}`;
  const characters = [...name];
  if (characters.length > MAX_CHARACTERS) {
    const kept = characters.slice(0, MAX_CHARACTERS - HASH_DIGITS - 1).join("");
    return `${kept.replace(/-+$/, "")}-${shortHash(title)}`;
  }
  // No title produces an underscore, so this differs from every other name.
  return isDeviceName(name) ? `_${name}` : name;
}

/** Returns the letters and digits of a title, with dashes between them; `undefined` if it has none. */
function dashed(title: string): string | undefined {
  // Most titles are ASCII. The expressions for all others take a millisecond to compile, in every test file.
  if (!/[^ -~]/.test(title)) return trimmed(title.toLowerCase().replace(/[^a-z0-9]+/g, "-")) || undefined;
  const letters = title
    .normalize("NFKD")
    // `é` reads as `e`; in other scripts marks are letters in their own right.
    .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, "$1")
    .normalize("NFC")
    .toLowerCase()
    .normalize("NFC");
  const name = trimmed(letters.replace(/[^\p{L}\p{N}\p{M}]+/gu, "-"));
  // A name of combining marks alone is invisible.
  return /[\p{L}\p{N}]/u.test(name) ? name : undefined;
}

function trimmed(name: string): string {
  return name.replace(/^-+|-+$/g, "");
}

export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, HASH_DIGITS);
}
