import { BytesDigest } from "../matching/bytes-digest.ts";
import { ExactNumber } from "../matching/json.ts";
import { stableText } from "../matching/stable-text.ts";
import type { Difference } from "./differences.ts";
import { type Excerpt, excerpt } from "./excerpt.ts";

/** Texts up to this long are shown whole. */
const SHORT = 60;
const LONGEST = 120;

/** Both values of a difference, each on one line: whole where they are short, else cut to where they differ. */
export function showDifference({ kind, live, recorded }: Difference): Excerpt {
  if (kind === "changed" && typeof live === "string" && typeof recorded === "string") {
    const short = live.length <= SHORT && recorded.length <= SHORT;
    if (!short) return excerpt(live, recorded);
  }
  return {
    live: kind === "removed" ? "not there" : showValue(live),
    recorded: kind === "added" ? "not there" : showValue(recorded),
  };
}

/** A value on one line, cut where it is long. */
export function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof BytesDigest) return `${value.length} bytes, SHA-256 ${value.sha256.slice(0, 12)}…`;
  if (value instanceof ExactNumber) return String(value);
  const text = stableText(value);
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}
