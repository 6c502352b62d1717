/** The shortest secret that an environment can hold. */
const SHORTEST = 8;

/** Texts that belong to a key, a URL, markup or a code, and that few names have. */
const SIGNS = /sk-|xox|xapp-|eyj|ya29|arn:|projects\/|---|\/\/|[<=%&\\@~$`{}]|bearer\s|basic\s+\S{8}/i;

/**
 * Returns whether a name of a test or cassette surely holds no secret, without any pattern of a key: nearly every name
 * is plain, and each test has one. It has no long piece with digits, as all keys have, and shares nothing with the
 * environment that is as long as a secret.
 *
 * @param environment the values of all variables, in one text
 */
export function isPlainName(name: string, environment: string): boolean {
  if (SIGNS.test(name)) return false;
  for (const [piece] of name.matchAll(/[a-z\d]{8,}/gi))
    if (/\d/.test(piece) || piece.length >= 24) return false;
  for (const [run] of name.matchAll(/[\w-]{20,}/g)) if (/\d/.test(run) && /[A-Z]/.test(run)) return false;
  for (let start = 0; start <= name.length - SHORTEST; start++) {
    if (environment.includes(name.slice(start, start + SHORTEST))) return false;
  }
  return true;
}

/** Whether the secrets in a variable's value are parts of it as it is written: not if it is encoded. */
export function isWrittenPlainly(value: string): boolean {
  return !/^["'[{].*\\|^["']?basic\s|%.*:\/\/|:\/\/.*%/is.test(value.trim());
}
