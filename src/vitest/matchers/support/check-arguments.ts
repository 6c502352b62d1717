import { isContainer } from "../../../matching/container.ts";
import { MatcherArgumentError } from "../../matcher-argument-error.ts";
import { isAsymmetric } from "./matcher-context.ts";
import { value } from "./words.ts";

/** @throws MatcherArgumentError saying what the matcher accepts and what it was given */
export function reject(matcher: string, accepted: string, given: unknown): never {
  throw new MatcherArgumentError(matcher, `expected ${accepted}, got ${value(given)}.`);
}

/** Tells whether a value is a plain object: not a list, a `Date`, a `Map`, an asymmetric matcher, ... */
export function isFields(given: unknown): given is Readonly<Record<string, unknown>> {
  return isContainer(given) && !Array.isArray(given) && !isAsymmetric(given);
}

/** @throws MatcherArgumentError for an unknown option or a wrong value */
export function checkOptions(matcher: string, options: unknown, names: readonly string[]): void {
  const { all } = Object.fromEntries(checkFields(matcher, options ?? {}, names, "option"));
  if (all !== undefined && typeof all !== "boolean") reject(matcher, "`all` to be true or false", all);
}

/**
 * Returns the fields that were given, by name.
 *
 * @throws MatcherArgumentError for anything but an object with some of `names`
 */
export function checkFields<Name extends string>(
  matcher: string,
  given: unknown,
  names: readonly Name[],
  noun = "field",
): readonly (readonly [name: Name, value: unknown])[] {
  if (!isFields(given)) reject(matcher, `an object with ${names.join(", ")}`, given);
  const wrong = Object.keys(given).find((name) => !names.some((each) => each === name));
  if (wrong !== undefined) {
    const hint = wrong === "all" ? " Pass `all` in a second argument: { all: true }." : "";
    throw new MatcherArgumentError(
      matcher,
      `unknown ${noun} \`${wrong}\`. Valid ${noun}s: ${names.join(", ")}.${hint}`,
    );
  }
  return names.filter((name) => given[name] !== undefined).map((name) => [name, given[name]] as const);
}

/** @throws MatcherArgumentError for anything but a non-negative number */
export function checkNumber(matcher: string, name: string, given: unknown): asserts given is number {
  if (typeof given !== "number" || !(given >= 0)) {
    reject(matcher, `${name} to be a non-negative number`, given);
  }
}

/** @throws MatcherArgumentError for anything but a string, a regular expression or an asymmetric matcher */
export function checkText(matcher: string, name: string, given: unknown): void {
  if (typeof given === "string" || given instanceof RegExp || isAsymmetric(given)) return;
  reject(matcher, `${name} to be a string, a regular expression or an asymmetric matcher`, given);
}

/**
 * Returns the limits that were given, by name.
 *
 * @throws MatcherArgumentError for an unknown name, or for no limit at all
 */
export function checkLimits<Name extends string>(
  matcher: string,
  given: unknown,
  names: readonly Name[],
): readonly (readonly [name: Name, limit: unknown])[] {
  const limits = checkFields(matcher, given, names, "limit");
  if (limits.length === 0) reject(matcher, `at least one of ${names.join(", ")}`, given);
  return limits;
}

/** @throws MatcherArgumentError for an unknown name, for no limit at all, or for a wrong value */
export function checkNumbers<Name extends string>(
  matcher: string,
  given: unknown,
  names: readonly Name[],
): readonly (readonly [name: Name, limit: number])[] {
  return checkLimits(matcher, given, names).map(([name, limit]) => {
    checkNumber(matcher, `\`${name}\``, limit);
    return [name, limit] as const;
  });
}

/** At least, at most, or both. */
export interface RangeLimits {
  readonly min?: number | undefined;
  readonly max?: number | undefined;
}

/** A number of things: exactly so many, or from `min` to `max`. */
export type CountRange = number | RangeLimits;

/** A range with both ends; an end that was not given is open. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  /** `5`, `at least 2`, `at most 4`, `2 to 4`. */
  readonly words: string;
}

/** @throws MatcherArgumentError for anything but a number or a range of numbers */
export function countRange(matcher: string, given: CountRange): NumberRange {
  if (typeof given === "object" && given !== null) return numberRange(matcher, given);
  checkNumber(matcher, "the count or its min and max", given);
  return { min: given, max: given, words: String(given) };
}

/** @throws MatcherArgumentError for anything but a range of numbers */
export function numberRange(matcher: string, given: unknown): NumberRange {
  const { min, max } = Object.fromEntries(checkNumbers(matcher, given, ["min", "max"]));
  if (min !== undefined && max !== undefined && min > max) {
    throw new MatcherArgumentError(matcher, `\`min\` (${min}) is more than \`max\` (${max}).`);
  }
  const words =
    min === undefined ? `at most ${max}` : max === undefined ? `at least ${min}` : `${min} to ${max}`;
  return { min: min ?? 0, max: max ?? Number.POSITIVE_INFINITY, words };
}

export function isWithin(number: number, { min, max }: NumberRange): boolean {
  return number >= min && number <= max;
}
