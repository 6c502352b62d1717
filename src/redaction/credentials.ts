import type { ProviderProfile } from "../providers/profile.ts";
import { isSecretField, segments } from "./names.ts";
import { PLACEHOLDER, toLabel } from "./placeholder.ts";

/** A secret that the environment holds. */
export interface Credential {
  readonly value: string;
  /** The variable. */
  readonly name: string;
  readonly label: string;
}

/** A shorter value is left alone: it would be found in the middle of words. */
export const MIN_LENGTH = 8;

const ENDINGS = new Set(
  "key keys token tokens secret secrets password passwd pwd pass passphrase passcode credential credentials auth pat apikey cookie".split(
    " ",
  ),
);

/** Identifiers that providers print in errors and headers; no key, but nobody else's business. */
const IDENTIFIERS = new Set([
  "AWS_ACCESS_KEY_ID",
  "OPENAI_ORG_ID",
  "OPENAI_ORGANIZATION",
  "OPENAI_PROJECT_ID",
  "ANTHROPIC_ORGANIZATION_ID",
]);

/** Words that stand where a secret could, in settings and as dummies; replacing them would hide half of a tape. */
const COMMON = new Set(
  "password passw0rd changeme secret secrets placeholder redacted undefined required optional disabled enabled development production localhost anonymous username default example testing testtest internal external authenticated dummy-key test-key fake-key your-api-key your_api_key test-api-key test_api_key dummy-api-key application/json".split(
    " ",
  ),
);

/**
 * The secrets of `env`, the longest first: values of variables whose names end in KEY, TOKEN, SECRET,
 * PASSWORD or the like, of those in which providers' SDKs look for a key, and the passwords in URLs of any.
 */
export function credentialsOf(
  env: Readonly<Record<string, string | undefined>>,
  profiles: readonly ProviderProfile[],
): readonly Credential[] {
  const known = new Set(profiles.flatMap((profile) => profile.keyVariables));
  const found = new Map<string, Credential>();
  for (const name of Object.keys(env).sort()) {
    const whole = env[name]?.trim() ?? "";
    const isCredential = known.has(name) || (isCredentialName(name) && !isSetting(name, whole));
    const values = isCredential ? [whole] : [];
    values.push(...passwordsIn(whole));
    for (const value of values) {
      if (isOpaque(value) && !found.has(value)) found.set(value, { value, name, label: toLabel(name) });
    }
  }
  return [...found.values()].sort((a, b) => b.value.length - a.value.length || (a.value < b.value ? -1 : 1));
}

function isCredentialName(name: string): boolean {
  if (IDENTIFIERS.has(name.toUpperCase())) return true;
  const words = segments(name);
  const last = words.at(-1) ?? "";
  return (ENDINGS.has(last) && words.at(-2) !== "public") || isSecretField(name);
}

/**
 * Keys of a sort, of a cache, of a partition: `SORT_KEY=created_at`. No key or token that a service gives out is
 * a word, two short ones, or the address of the service; a password may be.
 */
function isSetting(name: string, value: string): boolean {
  if (!/(?:key|token)s?$/i.test(name)) return false;
  if (/^https?:\/\/[^/?#@\s]+(?:\/v\d+)?\/?$/i.test(value)) return true;
  return value.length < MAX_SETTING && /^[a-z]+(?:[-_./ ][a-z]+)*$/i.test(value) && isPronounceable(value);
}

const MAX_SETTING = 16;

/** Letters at random have few vowels, or many consonants in a row. */
function isPronounceable(text: string): boolean {
  const vowels = text.replace(/[^aeiouy]/gi, "").length;
  return vowels * 4 >= text.length && !/[^aeiouy\W_]{5}/i.test(text);
}

/** Whether a value can be searched for as it is: long enough, no word, no path. */
function isOpaque(value: string): boolean {
  if (value.length < MIN_LENGTH || COMMON.has(value.toLowerCase())) return false;
  if (new RegExp(`^${PLACEHOLDER.source}$`).test(value)) return false;
  if (value.length < 12 && /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(value)) return false;
  if (value.length < 12 && /^[\d.,:]+$/.test(value)) return false;
  return !isPath(value);
}

function isPath(value: string): boolean {
  if (!/^(?:~?\/|\.{1,2}\/|[A-Za-z]:[\\/])/.test(value)) return false;
  // Base64 may begin with a slash too, but no folder is called like the rest of it.
  return !value.split(/[\\/]/).some((part) => /[+=]/.test(part) || isRandom(part));
}

function isRandom(part: string): boolean {
  return part.length >= 16 && /\d/.test(part) && /[a-z]/.test(part) && /[A-Z]/.test(part);
}

/** `postgres://user:pass@host`: the password, as written and without its percent-encoding. */
function passwordsIn(value: string): string[] {
  const password = /^[a-z][a-z0-9+.-]{1,30}:\/\/[^\s/@:]{0,200}:([^\s/@]{1,500})@/i.exec(value)?.[1];
  if (password === undefined) return [];
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    // A stray percent sign: the password is what stands there.
    return [password];
  }
}
