import { checkLimits, MatcherArgumentError } from "./arguments.ts";
import { value } from "./show.ts";

/** A number of things: exactly so many, or from `min` to `max`. */
export type CountRange = number | { readonly min?: number | undefined; readonly max?: number | undefined };

/** A range with both ends; what was not given is open. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** `5`, `at least 2`, `at most 4`, `2 to 4`. */
  readonly words: string;
}

/** @throws MatcherArgumentError for what is no range of numbers */
export function numberRange(matcher: string, given: CountRange): NumberRange {
  if (typeof given !== "object" || given === null) {
    if (typeof given !== "number" || !(given >= 0)) {
      throw new MatcherArgumentError(
        matcher,
        `it takes a number, 0 or more, or an object of min and max, not ${value(given)}.`,
      );
    }
    return { min: given, max: given, words: String(given) };
  }
  const { min = 0, max = Number.POSITIVE_INFINITY } = Object.fromEntries(
    checkLimits(matcher, given, ["min", "max"]),
  );
  if (min > max) throw new MatcherArgumentError(matcher, `\`min\` (${min}) is more than \`max\` (${max}).`);
  const words =
    given.min === undefined
      ? `at most ${max}`
      : given.max === undefined
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
