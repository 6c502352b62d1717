import { createHash } from "node:crypto";
import { anySecret, mayHoldSecrets } from "./secrets.ts";
import { stableText } from "./stable-text.ts";

/** Characters of a string that is hashed as it is. To write it as JSON would take longer than to hash it. */
const LONG = 512;
/** Begins what stands for such a string. One that begins like this itself is hashed as it is, too. */
const MARK = "\0";

export interface Fingerprint {
  /** Equal for equal values; two others have the same with a chance of 2^-96. */
  readonly fingerprint: string;
  /** Whether placeholders may be in the value. They count as the same secret. */
  readonly mayHoldSecrets: boolean;
}

/** Returns the fingerprint of a JSON value, whatever the order of its keys. */
export function fingerprintOf(value: unknown): Fingerprint {
  const long: string[] = [];
  let mayHold = false;
  const text = stableText(value, (part) => {
    if (part.length < LONG && !part.startsWith(MARK)) return part;
    mayHold ||= mayHoldSecrets(part);
    const clean = anySecret(part);
    // UTF-8 has the same bytes for all surrogates that stand alone.
    const isText = clean.isWellFormed();
    const hashed = isText ? clean : JSON.stringify(clean);
    long.push(hashed);
    return `${MARK}${isText ? "" : "json "}${hashed.length}`;
  });
  mayHold ||= mayHoldSecrets(text);
  const hash = createHash("sha256").update(anySecret(text));
  for (const each of long) hash.update(each);
  return { fingerprint: hash.digest("base64url").slice(0, 16), mayHoldSecrets: mayHold };
}
