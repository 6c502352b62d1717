import { segments } from "./names.ts";

/** Matches the placeholder of a secret: `<redacted:openai-key>`, `<redacted:openai-key-2>`. */
export const PLACEHOLDER = /<redacted(?::([a-z0-9]+(?:-[a-z0-9]+)*))?>/g;

/** Replaces every secret when requests are compared. */
export const ANY_SECRET = "<redacted>";

const MAX_LABEL = 60;

/** Turns `OPENAI_API_KEY` into `openai-api-key`, and `accessToken` into `access-token`. */
export function toLabel(name: string): string {
  const ascii = segments(name).map((word) => word.replace(/[^a-z0-9]/g, ""));
  return (
    ascii
      .filter((word) => word !== "")
      .join("-")
      .slice(0, MAX_LABEL)
      .replace(/-$/, "") || "secret"
  );
}

/** Assigns placeholders to secrets. */
export interface Placeholders {
  /** Returns the placeholder of `secret`. A secret keeps the type under which it was found first. */
  of(secret: string, type: string): string;
}

/**
 * The placeholders of one tape. A secret has the same placeholder everywhere; the next one of its type gets the next
 * number.
 */
export class TapePlaceholders implements Placeholders {
  readonly #given = new Map<string, string>();
  readonly #taken = new Set<string>();

  of(secret: string, type: string): string {
    const known = this.#given.get(secret);
    if (known !== undefined) return known;
    let placeholder = `<redacted:${type}>`;
    for (let number = 2; this.#taken.has(placeholder); number++) {
      placeholder = `<redacted:${type}-${number}>`;
    }
    this.#given.set(secret, placeholder);
    this.#taken.add(placeholder);
    return placeholder;
  }
}

/** Assigns placeholders without numbers, for names that must not depend on other secrets. */
export const UNNUMBERED: Placeholders = { of: (_secret, type) => `<redacted:${type}>` };
