/**
 * Names whose values are secret. Names are compared word by word (`accessToken`, `access-token` and `ACCESS_TOKEN` are
 * the same), never by substring: `token_count`, `max_tokens`, `tokenizer` and `secretary` are not secret.
 */

/** The words of a name in lower case, without numbers at their ends. */
export function segments(name: string): readonly string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return words.map((word) => word.replace(/\d+$/, "")).filter((word) => word !== "");
}

/** Words that name a secret, after any other words. */
const SECRETS = new Set([
  ..."password passwords passwd passphrase passcode pwd secret secrets credential credentials".split(" "),
  ..."authorization apikey apikeys accesstoken accesstokens refreshtoken refreshtokens idtoken".split(" "),
  ..."authtoken sessiontoken bearertoken securitytoken apitoken clientsecret secretkey privatekey".split(" "),
  ..."accesskey secretaccesskey signingkey encryptionkey assertion jwt otp".split(" "),
]);

/** Words that make a `key` a secret: `api_key` is secret, `primary_key` and `idempotency_key` are not. */
const KEY_KINDS = new Set([
  ..."api access secret private signing encryption auth account subscription shared master service".split(
    " ",
  ),
  ..."session storage admin client deploy license root ssh webhook hmac".split(" "),
]);

/** Words that make `tokens` secret: `access_tokens` are, `max_tokens` are not. */
const TOKEN_KINDS = new Set("access refresh auth api bearer session security id device personal".split(" "));

/** Words that make a `token` a place in a list or a piece of text. */
const PLAIN_TOKENS = new Set([
  ..."page next previous continuation sync pad padding eos bos unk mask sep cls stop start end".split(" "),
  ..."special first last max min per each current output input prompt completion image text audio".split(" "),
  ..."video reasoning thinking cached model vocab word draft".split(" "),
]);

/** Pairs of words that name a secret or an account. */
const PAIRS = new Set(["role arn", "project number", "connection string", "code verifier"]);

/** Words that may follow a secret name without changing what it names. */
const NEUTRAL = new Set(
  "value values text plain plaintext hash data base64 b64 encoded old new current confirmation".split(" "),
);

/** Whether a field of this name in a body, a form or a multipart part holds a secret. */
export function isSecretField(name: string): boolean {
  const words = meaningful(name);
  const last = words.at(-1);
  if (last === undefined) return false;
  const before = words.at(-2);
  if (SECRETS.has(last) || PAIRS.has(`${before} ${last}`)) return true;
  switch (last) {
    case "token":
      return before === undefined || !PLAIN_TOKENS.has(before);
    case "tokens":
      return before !== undefined && TOKEN_KINDS.has(before);
    case "key":
    case "keys":
      return before !== undefined && KEY_KINDS.has(before);
    default:
      return false;
  }
}

/** Names of query parameters that are secret there, though they mean nothing of the kind in a body. */
const QUERY_SECRETS = new Set("key keys token sig signature auth pass sas".split(" "));

/** Whether a query parameter of this name holds a secret. */
export function isSecretParameter(name: string): boolean {
  if (isSecretField(name)) return true;
  const words = meaningful(name);
  const last = words.at(-1) ?? "";
  return words.length === 1 ? QUERY_SECRETS.has(last) : last === "signature";
}

/** Whether `name` ends in the words of one of `wanted`, as {@link segments} gives them. */
export function endsInOneOf(name: string, wanted: readonly (readonly string[])[]): boolean {
  if (wanted.length === 0) return false;
  const words = segments(name);
  return wanted.some(
    (ending) =>
      ending.length > 0 &&
      ending.length <= words.length &&
      ending.every((word, index) => word === words[words.length - ending.length + index]),
  );
}

function meaningful(name: string): readonly string[] {
  let words = segments(name);
  while (words.length > 1 && NEUTRAL.has(words.at(-1) ?? "")) words = words.slice(0, -1);
  return words;
}

/** Values under secret names that are not secret: of settings, of schemas. */
const EMPTY_WORDS = new Set([
  ..."true false null none undefined string number integer boolean object array required optional".split(" "),
  ..."auto default yes no on off bearer basic".split(" "),
]);

/** Whether the value of a secret name is worth hiding. */
export function isWorthHiding(value: string): boolean {
  return value.trim() !== "" && !EMPTY_WORDS.has(value.trim().toLowerCase());
}

/** The length of the name of the scheme before a credential: `Bearer `. */
export function schemeLength(text: string): number {
  return /^(?:Bearer|Basic|Token|Digest|AWS4-HMAC-SHA256)\s+/i.exec(text)?.[0].length ?? 0;
}

/** A name, perhaps quoted, a separator, and what may be its value. */
const MENTION =
  /(?<![\w-])([\w-]{3,61})["']?\s{0,3}[:=]\s{0,3}["']?(?:(?:Bearer|Basic|Token)\s)?(?=([^\s"',;&)}\]<>]{6,4096}))/g;

/** Finds secrets that a message mentions: `x-api-key: abc123`, `password=...`. */
export function mentionsIn(
  text: string,
  isSecret: (name: string) => boolean,
): readonly { readonly name: string; readonly start: number; readonly end: number }[] {
  return [...text.matchAll(MENTION)].flatMap(({ 0: before, 1: name = "", 2: value = "", index }) => {
    const start = index + before.length;
    return isSecret(name) && isWorthHiding(value) ? [{ name, start, end: start + value.length }] : [];
  });
}
