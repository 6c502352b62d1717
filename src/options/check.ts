import { inspect, types } from "node:util";
import { didYouMean } from "./did-you-mean.ts";

/** Says what is wrong with the value of one option: a sentence for each problem, none where it is valid. */
export type Check = (value: unknown, option: string) => readonly string[];

export function problem(value: unknown, option: string, valid: string): readonly string[] {
  // What stands under redact is secret, and error messages end up in public logs.
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

/** Valid where `test` holds; `valid` completes "must be ...". */
export function holds(test: (value: unknown) => boolean, valid: string): Check {
  return (value, option) => (test(value) ? [] : problem(value, option, valid));
}

export const aBoolean: Check = holds((value) => typeof value === "boolean", "true or false");
export const aFunction: Check = holds((value) => typeof value === "function", "a function");
// Not instanceof: options may come from another realm (Vitest's vm pools).
export const aRegExp: Check = holds((value) => types.isRegExp(value), "a regular expression");
export const aText: Check = holds(
  (value) => typeof value === "string" && value !== "",
  "a text that is not empty",
);

/** One of a closed set of texts. */
export function oneOf(...texts: readonly string[]): Check {
  const valid = `one of ${texts.map((text) => `'${text}'`).join(", ")}`;
  return (value, option) => {
    if (texts.includes(value as string)) return [];
    const meant = typeof value === "string" ? didYouMean(value, texts) : undefined;
    const hint = meant === undefined ? "" : ` Did you mean '${meant}'?`;
    return problem(value, option, valid).map((sentence) => sentence + hint);
  };
}

/** A list, each element of which is valid. */
export function listOf(check: Check): Check {
  return (value, option) =>
    Array.isArray(value)
      ? value.flatMap((element, index) => check(element, `${option}[${index}]`))
      : problem(value, option, "a list");
}

/** An object with no other fields than these; a field that is `undefined` counts as not given. */
export function shape(fields: Readonly<Record<string, Check>>, valid = "an object"): Check {
  return (value, option) =>
    isPlainObject(value) ? checkFields(value, option, fields) : problem(value, option, valid);
}

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
  return `There is no option ${option}.${hint} Valid are ${valid.join(", ")}.`;
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  // Another realm's Object.prototype is not this one's.
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
