import { BytesDigest } from "../matching/bytes-digest.ts";
import { commonHead } from "../matching/common-ends.ts";
import { isContainer } from "../matching/container.ts";
import { ExactNumber } from "../matching/json.ts";
import { stableText } from "../matching/stable-text.ts";
import type { Difference } from "./differences.ts";

/** Longest value in a message, in characters. */
const MAX_SHOWN = 64;

/** Writes a difference on one line, cut to where the values differ: `"gpt-5-mini" → "gpt-5"`. */
export function showDifference({ kind, live, recorded }: Difference): string {
  if (kind === "changed" && typeof live === "string" && typeof recorded === "string") {
    const [a, b] = excerpt(recorded, live, 20, MAX_SHOWN);
    return `${JSON.stringify(a)} → ${JSON.stringify(b)}`;
  }
  const before = kind === "added" ? "not recorded" : showValue(recorded);
  return `${before} → ${kind === "removed" ? "not sent" : showValue(live)}`;
}

function showValue(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value instanceof BytesDigest) return `${value.length} bytes, SHA-256 ${value.sha256.slice(0, 12)}…`;
  if (value instanceof ExactNumber) return String(value);
  return cut(stableText(value), MAX_SHOWN);
}

/** How many fields a diff holds, how many parts a value in it, and how many characters a text. */
const MAX_FIELDS = 30;
const MAX_PARTS = 50;
const MAX_TEXT = 2000;

/** The fields that differ by path, as values that a test runner can diff. Bounded, and without class instances. */
export function diffValues(differences: readonly Difference[]): {
  readonly actual: Readonly<Record<string, unknown>>;
  readonly expected: Readonly<Record<string, unknown>>;
} {
  const actual: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const { path, kind, live, recorded } of differences.slice(0, MAX_FIELDS)) {
    const [a, b] =
      typeof live === "string" && typeof recorded === "string"
        ? excerpt(live, recorded, 200, MAX_TEXT)
        : [bounded(live), bounded(recorded)];
    if (kind !== "removed") actual[path] = a;
    if (kind !== "added") expected[path] = b;
  }
  return { actual, expected };
}

function bounded(value: unknown): unknown {
  let left = MAX_PARTS;
  const visit = (part: unknown): unknown => {
    if (typeof part === "string") return cut(part, MAX_TEXT);
    if (part instanceof BytesDigest || part instanceof ExactNumber) return showValue(part);
    if (!isContainer(part)) return part;
    if (left <= 0) return "…";
    if (Array.isArray(part)) return take(part).map(visit);
    return Object.fromEntries(take(Object.entries(part)).map(([name, each]) => [name, visit(each)]));
  };
  const take = <T>(parts: readonly T[]): readonly T[] => {
    const taken = parts.slice(0, Math.max(left, 1));
    left -= taken.length;
    return taken;
  };
  return visit(value);
}

/** Cuts two texts down to where they first differ: `…practices for typescript in a…`. */
function excerpt(a: string, b: string, before: number, longest: number): readonly [a: string, b: string] {
  if (a.length <= longest && b.length <= longest) return [a, b];
  const start = Math.max(0, commonHead(a, b) - before);
  const from = (text: string): string => `${start > 0 ? "…" : ""}${cut(text.slice(start), longest)}`;
  return [from(a), from(b)];
}

function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length).toWellFormed()}…`;
}
