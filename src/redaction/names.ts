/**
 * Whether a name says that its value is a secret. Names are compared by segment (`accessToken`,
 * `access-token` and `ACCESS_TOKEN` are the same two), never by substring: `token_count`, `max_tokens`,
 * `tokenizer` and `secretary` name no secret.
 */

/** The words of a name, lower case, without numbers at their ends. */
export function segments(name: string): readonly string[] {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);
  return words.map((word) => word.replace(/\d+$/, "")).filter((word) => word !== "");
}

/** Words that are secret by themselves, and whatever stands before them. */
const SECRETS = new Set([
  ..."password passwords passwd passphrase passcode pwd secret secrets credential credentials".split(" "),
  ..."authorization apikey apikeys accesstoken accesstokens refreshtoken refreshtokens idtoken".split(" "),
  ..."authtoken sessiontoken bearertoken securitytoken apitoken clientsecret secretkey privatekey".split(" "),
  ..."accesskey secretaccesskey signingkey encryptionkey assertion jwt otp".split(" "),
]);

/** What makes a `key` or `keys` a secret one: `api_key` is, `primary_key` and `idempotency_key` are not. */
const KEY_KINDS = new Set([
  ..."api access secret private signing encryption auth account subscription shared master service".split(
    " ",
  ),
  ..."session storage admin client deploy license root ssh webhook hmac".split(" "),
]);

/** What makes several `tokens` secret ones: `access_tokens` are, `max_tokens` are not. */
const TOKEN_KINDS = new Set("access refresh auth api bearer session security id device personal".split(" "));

/** What makes a `token` none that is secret: a place in a list, or a piece of text. */
const PLAIN_TOKENS = new Set([
  ..."page next previous continuation sync pad padding eos bos unk mask sep cls stop start end".split(" "),
  ..."special first last max min per each current output input prompt completion image text audio".split(" "),
  ..."video reasoning thinking cached model vocab word draft".split(" "),
]);

/** Other names of which each whole one is a secret, or tells who is who. */
const PAIRS = new Set(["role arn", "project number", "connection string", "code verifier"]);

/** Words that may stand behind a secret name without changing what it names. */
const NEUTRAL = new Set(
  "value values text plain plaintext hash data base64 b64 encoded old new current confirmation".split(" "),
);

/** What is secret in a query besides: short names that mean nothing of the kind in a body. */
const QUERY_SECRETS = new Set("key keys token sig signature auth pass sas".split(" "));

/** Whether a field of a body, a form or a multipart part called so holds a secret. */
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

/** Whether a query parameter called so holds a secret. */
export function isSecretParameter(name: string): boolean {
  if (isSecretField(name)) return true;
  const words = meaningful(name);
  const last = words.at(-1) ?? "";
  if (words.length === 1) return QUERY_SECRETS.has(last);
  return last === "signature" || (words.length === 2 && words.join(" ") === "upload id");
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
