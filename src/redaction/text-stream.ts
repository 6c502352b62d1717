import type { EnvironmentSecret } from "./environment-secrets.ts";
import { ANY_SECRET } from "./placeholder.ts";
import { overlap, truncatedSecret } from "./truncated-secrets.ts";

/** A piece may end with fewer characters of a known secret: they say nothing. */
const MIN_OVERLAP = 3;
/** No key is longer. What is before it is shown, so that a long word does not wait until the end. */
const LONGEST = 4_096;
const WORD = /[A-Za-z0-9_.+/=~:@%-]+$/;

/**
 * Redacts a text that arrives in pieces and is shown at once. It holds back the last word, and what may be the beginning of
 * a secret, until the next piece shows what it is.
 */
export class TextStream {
  readonly #secrets: readonly EnvironmentSecret[];
  readonly #redact: (text: string) => string;
  #held = "";

  constructor(secrets: readonly EnvironmentSecret[], redact: (text: string) => string) {
    this.#secrets = secrets;
    this.#redact = redact;
  }

  /** Adds a piece. Returns what can be shown now, without secrets. */
  push(piece: string): string {
    if (piece === "") return "";
    const text = this.#held + piece;
    const shown = this.#safeLength(text);
    this.#held = text.slice(shown);
    return shown === 0 ? "" : this.#redact(text.slice(0, shown));
  }

  /** Returns what was held back. A key that was cut off is one, too. */
  end(): string {
    const text = this.#held;
    this.#held = "";
    if (text === "") return "";
    const cut = truncatedSecret(text, this.#secrets);
    return cut === undefined ? this.#redact(text) : this.#redact(text.slice(0, cut.start)) + ANY_SECRET;
  }

  /** Returns how many characters cannot be a part of a secret that is not complete yet. */
  #safeLength(text: string): number {
    let safe = text.length - (WORD.exec(text.slice(-LONGEST))?.[0].length ?? 0);
    for (const { value } of this.#secrets)
      safe = Math.min(safe, text.length - overlap(text, value, MIN_OVERLAP));
    const block = text.lastIndexOf("-----BEGIN ");
    if (block !== -1 && !text.includes("-----END ", block)) safe = Math.min(safe, block);
    return Math.max(safe, text.length - LONGEST);
  }
}
