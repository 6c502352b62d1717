import { checkLimits, MatcherArgumentError } from "./arguments.ts";
import { value } from "./show.ts";

/** At least, at most, or both. */
export interface RangeLimits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A number of things: exactly so many, or from `min` to `max`. */
export type CountRange = number | RangeLimits;

/** A range with both ends; what was not given is open. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** `5`, `at least 2`, `at most 4`, `2 to 4`. */
  readonly words: string;
}

/** @throws MatcherArgumentError for what is neither a number nor a range of numbers */
export function countRange(matcher: string, given: CountRange): NumberRange {
  if (typeof given === "object" && given !== null) return numberRange(matcher, given);
  if (typeof given !== "number" || !(given >= 0)) {
    throw new MatcherArgumentError(
      matcher,
      `it takes a number, 0 or more, or an object of min and max, not ${value(given)}.`,
    );
  }
  return { min: given, max: given, words: String(given) };
}

/** @throws MatcherArgumentError for what is no range of numbers */
export function numberRange(matcher: string, given: RangeLimits): NumberRange {
  const limits = new Map(checkLimits(matcher, given, ["min", "max"]));
  const min = limits.get("min") ?? 0;
  const max = limits.get("max") ?? Number.POSITIVE_INFINITY;
  if (min > max) throw new MatcherArgumentError(matcher, `\`min\` (${min}) is more than \`max\` (${max}).`);
  const words = !limits.has("min")
    ? `at most ${max}`
    : !limits.has("max")
      ? `at least ${min}`
      : `${min} to ${max}`;
  return { min, max, words };
}

/** `1 chunk`, `at least 2 chunks`. */
export function countOf({ words }: NumberRange, noun: string): string {
  return `${words} ${noun}${words === "1" ? "" : "s"}`;
}

export function isWithin(number: number, { min, max }: NumberRange): boolean {
  return number >= min && number <= max;
}
