import { segments } from "./names.ts";

/** Stands in place of a secret: `<redacted:openai-key>`, `<redacted:openai-key-2>`. */
export const PLACEHOLDER = /<redacted(?::([a-z0-9]+(?:-[a-z0-9]+)*))?>/g;

/** Stands for every secret when requests are compared. */
export const ANY_SECRET = "<redacted>";

const MAX_LABEL = 60;

/** `OPENAI_API_KEY`, `accessToken`: `openai-api-key`, `access-token`. */
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

/** Gives secrets their placeholders. */
export interface Placeholders {
  /** The placeholder of `secret`. The first type under which a secret is met stays. */
  of(secret: string, type: string): string;
}

/**
 * The placeholders of one tape: the same secret has the same everywhere, another of its type the next number, in the
 * order in which they are met.
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

/** Gives placeholders without numbers, for names that have to be the same whatever else has been met. */
export const UNNUMBERED: Placeholders = { of: (_secret, type) => `<redacted:${type}>` };
