import { Buffer } from "node:buffer";
import type { ProviderProfile } from "../providers/profile.ts";
import { withoutPercents } from "./encodings.ts";
import { isSecretField, isSecretParameter, schemeLength, segments } from "./names.ts";
import { PLACEHOLDER, toLabel } from "./placeholder.ts";

/** A secret in the environment. */
export interface EnvironmentSecret {
  readonly value: string;
  /** The variable. */
  readonly name: string;
  readonly label: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** A shorter value would match inside words. */
const MIN_LENGTH = 8;

/**
 * Lists the secrets of `environments`, the longest first: values of variables with a credential's name, values that
 * look like a key, in every form in which they are used, and passwords in the URLs and connection strings of any variable.
 *
 * @param hasShape whether a text is or contains a known kind of key
 */
export function environmentSecrets(
  environments: readonly Environment[],
  profiles: readonly ProviderProfile[],
  hasShape: (text: string) => boolean,
): readonly EnvironmentSecret[] {
  const known = new Set(profiles.flatMap((profile) => profile.keyVariables));
  const found = new Map<string, EnvironmentSecret>();
  for (const environment of environments) {
    for (const name of Object.keys(environment).sort()) {
      for (const value of secretsIn(name, environment[name] ?? "", known.has(name), hasShape)) {
        if (!found.has(value)) found.set(value, { value, name, label: toLabel(name) });
      }
    }
  }
  return [...found.values()].sort((a, b) => b.value.length - a.value.length || (a.value < b.value ? -1 : 1));
}

const remembered = new Map<string, readonly string[]>();
const MAX_REMEMBERED = 2000;

/** Every test file's cassettes read the same variables. */
function secretsIn(
  name: string,
  value: string,
  isKnown: boolean,
  hasShape: (text: string) => boolean,
): readonly string[] {
  // Most variables hold less than the shortest secret, and every test file reads them.
  if (value.length < MIN_LENGTH) return [];
  const key = `${name}=${value}`;
  let secrets = remembered.get(key);
  if (secrets === undefined) {
    const plain = unquoted(value.trim());
    const isCredential = isKnown || (isCredentialName(name) && !isSetting(name, plain));
    const looksLikeKey = hasShape(plain) || (isRandom(plain) && !NAMES_OF_IDS.test(name));
    const whole = isCredential || looksLikeKey ? formsOf(plain) : [];
    secrets = [...new Set([...whole, ...inUrl(plain), ...inConnectionString(plain)])].filter(isOpaque);
    if (remembered.size < MAX_REMEMBERED) remembered.set(key, secrets);
  }
  return secrets;
}

/** Words that make a variable a credential, anywhere in its name. */
const WORDS = new Set(
  "key keys token tokens secret secrets password passwords passwd pwd pass passphrase passcode credential credentials cred creds auth pat apikey apikeys cookie cookies jwt bearer authorization dsn".split(
    " ",
  ),
);

/** The same as a part of a longer word: `PGPASSWORD`, `MYAPIKEY`, `DBPASS`. */
const WITHIN_WORD =
  /password|passwd|passphrase|apikey|secret(?!ar|ive)|credential|(?:token|pass|pwd|key|creds?)$/;
const ORDINARY_WORDS =
  /^(?:monkey|donkey|turkey|hockey|jockey|whiskey|hotkey|bypass|compass|surpass|trespass|overpass|sacred)$/;

/** Words after the name of a credential that make it a fact about the credential. */
const FACTS = new Set(
  "url uri endpoint host domain issuer name type provider path file dir folder length limit ttl expiry expires expiration timeout algorithm alg size prefix suffix sock socket count region scope scopes audience method enabled disabled required version mode strategy format".split(
    " ",
  ),
);

/** Identifiers that providers print in errors and headers. They are not keys, but private. */
const IDENTIFIERS = new Set([
  "AWS_ACCESS_KEY_ID",
  "OPENAI_ORG_ID",
  "OPENAI_ORGANIZATION",
  "OPENAI_PROJECT_ID",
  "ANTHROPIC_ORGANIZATION_ID",
]);

/** Variables with random letters that are not a key. */
const NAMES_OF_IDS =
  /(?:^|_)(?:sha\d*|commit|rev|revision|hash|digest|checksum|integrity|fingerprint|id|uuid|ref|version|build|session|trace|span)(?:_|$)|^npm_(?:package|config)_|colors$/i;

function isCredentialName(name: string): boolean {
  if (IDENTIFIERS.has(name.toUpperCase()) || isSecretField(name)) return true;
  const words = segments(name);
  return words.some((word, index) => {
    if (!WORDS.has(word) && !(WITHIN_WORD.test(word) && !ORDINARY_WORDS.test(word))) return false;
    if (words[index - 1] === "public" && /^keys?$/.test(word)) return false;
    const next = words[index + 1];
    return next === undefined || !FACTS.has(next);
  });
}

/**
 * Whether a value is a setting: `SORT_KEY=created_at`. No key or token that a service gives out is a word, two short
 * ones, or the address of the service; a password may be.
 */
function isSetting(name: string, value: string): boolean {
  if (/(?:secrets?|pass(?:word|wd|phrase|code)?|pwd|creds?|credentials?)$/i.test(name)) return false;
  if (/^https?:\/\/[^/?#@\s]+(?:\/v\d+)?\/?$/i.test(value)) return true;
  return isWords(value);
}

const MAX_SETTING = 16;

/** Whether `value` is a word or two. Letters at random have few vowels, or many consonants in a row. */
function isWords(value: string): boolean {
  if (value.length >= MAX_SETTING || !/^[a-z]+(?:[-_./ ][a-z]+)*$/i.test(value)) return false;
  return value.replace(/[^aeiouy]/gi, "").length * 4 >= value.length && !/[^aeiouy\W_]{5}/i.test(value);
}

/** Lists the forms of a credential: the whole, and each part that is used alone. */
function formsOf(value: string): readonly string[] {
  const plain = value.slice(schemeLength(value));
  const forms = [value, plain, ...stringsInJson(plain)];
  if (plain !== value && /^Basic\s/i.test(value)) {
    const pair = Buffer.from(plain, "base64").toString("utf8");
    forms.push(pair, pair.slice(pair.indexOf(":") + 1));
  }
  if (!/^[{["]|-----BEGIN|^[a-z+]+:\/\//.test(plain)) {
    const parts = plain.split(/[,;\n]\s*/);
    const words = plain.split(/\s+/);
    if (parts.length > 1) forms.push(...parts.map(unquoted).filter(isUnlikeWords));
    else if (words.length > 1) forms.push(...words.map(unquoted).filter((word) => isRandom(word)));
  }
  return forms;
}

function unquoted(value: string): string {
  return /^(["'])(.*)\1$/s.exec(value)?.[2]?.trim() ?? value;
}

function isUnlikeWords(part: string): boolean {
  return /\d/.test(part) || /[a-z][A-Z]/.test(part) || part.length >= MAX_SETTING;
}

/** Fields of a credential in JSON that say whose it is, and where it is used. */
const FACT_FIELDS = /(?:^|_)(?:id|type|uri|url|email|domain|name|region|host|project|audience)$/i;

function stringsInJson(value: string): readonly string[] {
  if (!/^[{["]/.test(value)) return [];
  const strings: string[] = [];
  const visit = (field: string, part: unknown): unknown => {
    const isFact = FACT_FIELDS.test(field) && !isSecretField(field);
    if (typeof part === "string" && !isFact && !isWords(part) && !/^https?:/.test(part)) strings.push(part);
    return part;
  };
  try {
    JSON.parse(value, visit);
  } catch {
    // Not JSON: use the value as it is.
    return [];
  }
  return strings;
}

/** The user, the password and the secret parameters in a URL, as written and without percent-encoding. */
function inUrl(value: string): readonly string[] {
  const url = /^[a-z][a-z0-9+.:-]{1,40}:\/\/(.*)$/is.exec(value)?.[1];
  if (url === undefined) return [];
  const found: string[] = [];
  // The password itself may have an @ or a slash in it, so every @ before what may be a host may be its end.
  const colon = url.indexOf(":");
  for (const { index } of [...url.matchAll(/@(?=[\w.-]+|\[)/g)].slice(0, 8)) {
    const user = url.slice(0, Math.min(index, colon === -1 ? index : colon));
    const password = url.slice(colon + 1, index);
    if (colon !== -1 && colon < index && !/^\d{1,5}\//.test(password)) found.push(password);
    if (!isWords(user) && /\d/.test(user)) found.push(user);
  }
  for (const [, name = "", secret = ""] of url.matchAll(/[?&]([^=&#]+)=([^&#]*)/g)) {
    if (isSecretParameter(name)) found.push(secret);
  }
  return found.flatMap((each) => [each, withoutPercents(each)]);
}

/** `Server=x;Password=y;`, `host=x password=y`. */
function inConnectionString(value: string): readonly string[] {
  const found: string[] = [];
  const pair = /(?:^|[;\s])([A-Za-z][A-Za-z _]{0,40})\s?=\s?("[^"]*"|'[^']*'|[^;\s]+)/g;
  for (const [, name = "", secret = ""] of value.matchAll(pair)) {
    if (isSecretField(name) || /(?:^|[a-z ])(?:key|pwd|password)$/i.test(name.trim()))
      found.push(unquoted(secret));
  }
  return found;
}

/** Words in place of a secret, in settings and as dummies. Replacing them would hide half of a tape. */
const COMMON = new Set(
  "password passw0rd changeme secret secrets placeholder redacted undefined required optional disabled enabled development production localhost anonymous username default example testing testtest internal external authenticated dummy-key test-key fake-key your-api-key your_api_key test-api-key test_api_key dummy-api-key application/json".split(
    " ",
  ),
);

const WHOLE_PLACEHOLDER = new RegExp(`^${PLACEHOLDER.source}$`);

/** Whether a value can be searched for as it is: long enough, no word, no path. */
function isOpaque(value: string): boolean {
  if (value.length < MIN_LENGTH || COMMON.has(value.toLowerCase())) return false;
  if (WHOLE_PLACEHOLDER.test(value)) return false;
  if (value.length < 12 && /^(?:[a-z]+|[A-Z]+|[A-Z][a-z]+)$/.test(value)) return false;
  if (value.length < 12 && /^[\d.,:]+$/.test(value)) return false;
  return !isPath(value);
}

function isPath(value: string): boolean {
  if (!/^(?:~?\/|\.{1,2}\/|[A-Za-z]:[\\/])/.test(value)) return false;
  // Base64 may begin with a slash too, but no folder is called like the rest of it.
  return !value.split(/[\\/]/).some((part) => /[+=]/.test(part) || isRandom(part, 16));
}

const LONGEST_KEY = 512;

/** Whether letters, capitals and digits are mixed as only in keys, or a long number in hexadecimal is all there is. */
function isRandom(text: string, least = 20): boolean {
  if (text.length < least || text.length > LONGEST_KEY || !/^[A-Za-z0-9_+=.~-]+$/.test(text)) return false;
  if (/^[0-9a-f]{32,}$/i.test(text)) return /\d/.test(text) && /[a-f]/i.test(text);
  return /[A-Za-z0-9]{16}/.test(text) && /\d/.test(text) && /[a-z]/.test(text) && /[A-Z]/.test(text);
}
