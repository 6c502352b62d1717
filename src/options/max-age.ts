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

/** Describes the valid values of `maxAge`. */
export const VALID_AGE =
  "false, a positive number of milliseconds, or a number with a unit (ms, s, m, h, d, w) such as '30d'";

/** Parses an age such as `'30d'` to milliseconds; `undefined` if it is not one. */
export function parseAge(value: unknown): number | undefined {
  if (typeof value === "number") return value > 0 ? value : undefined;
  if (typeof value !== "string") return undefined;
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/.exec(value) ?? [];
  const milliseconds = Number(number) * (UNITS[unit ?? ""] ?? Number.NaN);
  return milliseconds > 0 ? milliseconds : undefined;
}

/** Formats an age in its largest unit: `31 days`, `1 hour`. */
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
  /** When the tape was recorded (ISO 8601); `undefined` for a tape written by hand. */
  readonly recordedAt: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Milliseconds. */
  readonly maxAge: number | undefined;
  readonly stale: Stale;
  readonly recordingRefused: boolean;
}

/**
 * What to do about a tape's age. `record`: as if `RECORD=1` were set for this cassette. A tape of unknown age
 * is fresh.
 */
export type AgeDecision =
  | { readonly kind: "fresh" }
  | { readonly kind: "error" | "warn" | "record"; readonly age: number; readonly maxAge: number };

/** Decides what to do about a tape's age. If recording is refused, `stale: 'record'` is an error. */
export function decideAge({ recordedAt, now, maxAge, stale, recordingRefused }: AgeFacts): AgeDecision {
  const age = recordedAt === undefined ? Number.NaN : now - Date.parse(recordedAt);
  if (maxAge === undefined || !(age > maxAge)) return { kind: "fresh" };
  return { kind: stale === "record" && recordingRefused ? "error" : stale, age, maxAge };
}
