import { count } from "../cassette/count.ts";
import type { Stale } from "./options.ts";

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** What may stand for `maxAge`, in words. */
export const VALID_AGE =
  "false, a number of milliseconds above 0, or one with a unit (ms, s, m, h, d, w) such as '30d'";

/** Milliseconds of an age such as `'30d'`; `undefined` where the value is none. */
export function parseAge(value: unknown): number | undefined {
  if (typeof value === "number") return value > 0 ? value : undefined;
  if (typeof value !== "string") return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value) ?? [];
  const milliseconds = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** Writes an age in the largest unit that is reached: `31 days`, `1 hour`. */
export function formatAge(milliseconds: number): string {
  const [name, unit] = AGE_NAMES.find(([, each]) => milliseconds >= each) ?? ["millisecond", 1];
  return count(Math.floor(milliseconds / unit), name);
}

const AGE_NAMES: readonly (readonly [name: string, unit: number])[] = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1000],
];

export interface AgeFacts {
  /** ISO 8601 instant at which the tape was recorded; `undefined` on a tape written by hand. */
  readonly recordedAt: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
  readonly stale: Stale;
  readonly recordingRefused: boolean;
}

/**
 * What a tape's age means for the test that opens it; `record`: as if `RECORD=1` were set for this cassette.
 * A tape of unknown age is fresh.
 */
export type AgeDecision =
  | { readonly kind: "fresh" }
  | { readonly kind: "error" | "warn" | "record"; readonly age: number; readonly maxAge: number };

/** Decides what the age of a tape means. With recording refused, `stale: 'record'` is an error, as hybrid is strict. */
export function decideAge({ recordedAt, now, maxAge, stale, recordingRefused }: AgeFacts): AgeDecision {
  const age = recordedAt === undefined ? Number.NaN : now - Date.parse(recordedAt);
  if (maxAge === undefined || !(age > maxAge)) return { kind: "fresh" };
  return { kind: stale === "record" && recordingRefused ? "error" : stale, age, maxAge };
}
