import { inspect, types } from "node:util";
import { didYouMean } from "./did-you-mean.ts";

/** Checks the value of one option. Returns one sentence per problem, none if the value is valid. */
export type Check = (value: unknown, option: string) => readonly string[];

/** Says that a value is invalid, and what would be valid. */
export function problem(value: unknown, option: string, valid: string): readonly string[] {
  // Values under `redact` are secrets, and error messages end up in public logs.
  const shown = option.startsWith("redact.") ? `of type ${typeof value}` : show(value);
  return [`${option} is ${shown}, but must be ${valid}.`];
}

function show(value: unknown): string {
  return inspect(value, {
    depth: 1,
    breakLength: Number.POSITIVE_INFINITY,
    maxArrayLength: 3,
    maxStringLength: 60,
  });
}

/** Accepts values that pass `test`; `valid` completes the sentence "must be ...". */
export function satisfies(test: (value: unknown) => boolean, valid: string): Check {
  return (value, option) => (test(value) ? [] : problem(value, option, valid));
}

export const aBoolean: Check = satisfies((value) => typeof value === "boolean", "true or false");
export const aFunction: Check = satisfies((value) => typeof value === "function", "a function");
// Not instanceof: options can come from another realm (Vitest's vm pools).
export const aRegExp: Check = satisfies((value) => types.isRegExp(value), "a regular expression");
export const aString: Check = satisfies(
  (value) => typeof value === "string" && value !== "",
  "a non-empty string",
);

/** Accepts one of a closed set of strings. */
export function oneOf(...strings: readonly string[]): Check {
  const valid = `one of ${strings.map((each) => `'${each}'`).join(", ")}`;
  return (value, option) => {
    if (strings.includes(value as string)) return [];
    const meant = typeof value === "string" ? didYouMean(value, strings) : undefined;
    const hint = meant === undefined ? "" : ` Did you mean '${meant}'?`;
    return problem(value, option, valid).map((sentence) => sentence + hint);
  };
}

/** Accepts an array whose elements all pass `check`. */
export function listOf(check: Check): Check {
  return (value, option) =>
    Array.isArray(value)
      ? value.flatMap((element, index) => check(element, `${option}[${index}]`))
      : problem(value, option, "an array");
}

/** Accepts an object with no other fields than these. A field that is `undefined` counts as not given. */
export function shape(fields: Readonly<Record<string, Check>>, valid = "an object"): Check {
  return (value, option) =>
    isPlainObject(value) ? checkFields(value, option, fields) : problem(value, option, valid);
}

/** Checks the fields of an object. `valid` lists the names that a message about an unknown field shows. */
export function checkFields(
  value: Readonly<Record<string, unknown>>,
  option: string,
  fields: Readonly<Record<string, Check>>,
  valid: readonly string[] = Object.keys(fields),
): readonly string[] {
  const prefix = option === "" ? "" : `${option}.`;
  return Object.keys(value).flatMap((key) => {
    const check = Object.hasOwn(fields, key) ? fields[key] : undefined;
    if (check === undefined) return [unknownOption(`${prefix}${key}`, key, valid)];
    return value[key] === undefined ? [] : check(value[key], `${prefix}${key}`);
  });
}

function unknownOption(option: string, key: string, valid: readonly string[]): string {
  const meant = didYouMean(key, valid);
  const hint = meant === undefined ? "" : ` Did you mean ${meant}?`;
  return `Unknown option ${option}.${hint} Valid options: ${valid.join(", ")}.`;
}

/** Whether `value` is an object literal, of any realm: not an array, a Date or another class's instance. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  // An object of another realm has that realm's Object.prototype.
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
