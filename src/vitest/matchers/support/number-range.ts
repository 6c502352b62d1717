import { checkLimits, checkNumber, MatcherArgumentError } from "./arguments.ts";

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
export function numberRange(matcher: string, given: CountRange, unit = ""): NumberRange {
  if (typeof given === "number") {
    checkNumber(matcher, "the number", given);
    return { min: given, max: given, words: `${given}${unit}` };
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
  return { min, max, words: `${words}${unit}` };
}

export function isWithin(value: number, { min, max }: NumberRange): boolean {
  return value >= min && value <= max;
}
