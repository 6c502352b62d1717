import { CassetteError } from "../../../cassette/errors.ts";
import { isContainer } from "../../../matching/container.ts";
import { isAsymmetric } from "./equality.ts";
import { value } from "./show.ts";

/** A matcher was given an argument that cannot be. */
export class MatcherArgumentError extends CassetteError {
  override readonly name = "MatcherArgumentError";
  /** Name of the matcher: `toHaveGapsWithin`. */
  readonly matcher: string;

  constructor(matcher: string, why: string) {
    super("CASSETTE_MATCHER_ARGUMENT", `Failed to check ${matcher}: ${why}`);
    this.matcher = matcher;
  }
}

/** Whether a value is an object of named fields, and not a list, a `Date`, a `Map`, a matcher, ... */
export function isFields(given: unknown): given is Readonly<Record<string, unknown>> {
  return isContainer(given) && !Array.isArray(given);
}

/** @throws MatcherArgumentError for an option that does not exist or cannot be */
export function checkOptions(matcher: string, options: unknown, names: readonly string[]): void {
  if (options === undefined) return;
  if (!isFields(options)) {
    throw new MatcherArgumentError(matcher, `its options are an object, not ${value(options)}.`);
  }
  checkNames(matcher, options, names, "option");
  const { all } = options;
  if (all !== undefined && typeof all !== "boolean") {
    throw new MatcherArgumentError(matcher, `\`all\` is true or false, not ${value(all)}.`);
  }
}

/** @throws MatcherArgumentError for a name that is not one of `names` */
export function checkNames(matcher: string, given: object, names: readonly string[], noun: string): void {
  for (const name of Object.keys(given)) {
    if (names.includes(name)) continue;
    const hint = name === "all" ? " `all` goes into a second argument: { all: true }." : "";
    throw new MatcherArgumentError(
      matcher,
      `\`${name}\` is no ${noun} of it. Those there are: ${names.join(", ")}.${hint}`,
    );
  }
}

/** @throws MatcherArgumentError for anything but a number that is not negative */
export function checkNumber(matcher: string, name: string, given: unknown): asserts given is number {
  if (typeof given !== "number" || !(given >= 0)) {
    throw new MatcherArgumentError(matcher, `${name} is a number, 0 or more, not ${value(given)}.`);
  }
}

/** @throws MatcherArgumentError for anything but a text, a regular expression or an asymmetric matcher */
export function checkText(matcher: string, what: string, given: unknown): void {
  if (typeof given === "string" || given instanceof RegExp || isAsymmetric(given)) return;
  throw new MatcherArgumentError(
    matcher,
    `${what} is a text, a regular expression or a matcher, not ${value(given)}.`,
  );
}

/**
 * Numbers by name, at least one of them given.
 *
 * @throws MatcherArgumentError for an unknown name, none at all, or a value that is no number
 */
export function checkLimits(
  matcher: string,
  given: unknown,
  names: readonly string[],
): readonly [string, number][] {
  if (!isFields(given)) {
    throw new MatcherArgumentError(
      matcher,
      `it takes an object of ${names.join(", ")}, not ${value(given)}.`,
    );
  }
  checkNames(matcher, given, names, "limit");
  const limits: [string, number][] = [];
  for (const name of names) {
    const limit = given[name];
    if (limit === undefined) continue;
    checkNumber(matcher, `\`${name}\``, limit);
    limits.push([name, limit]);
  }
  if (limits.length === 0) {
    throw new MatcherArgumentError(matcher, `it takes at least one of ${names.join(", ")}.`);
  }
  return limits;
}
