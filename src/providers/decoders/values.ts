/**
 * Reading of JSON that may have any shape: a decoder must never throw on what a provider, a proxy or a
 * damaged tape sends.
 */
import { isObject } from "../../cassette/is-object.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY_OBJECT: JsonObject = {};
const EMPTY_ARRAY: readonly unknown[] = [];

export { isObject };

/** `value` if it is an object, else an empty one. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY_OBJECT;
}

/** `value` if it is an array, else an empty one. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : EMPTY_ARRAY;
}

/** The objects of an array. */
export function objects(value: unknown): readonly JsonObject[] {
  return array(value).filter(isObject);
}

/** `value` if it is a string that is not empty. */
export function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** `value` if it is a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** A string or a number as part of a key; nothing else is one, and printing it may throw. */
export function keyOf(value: unknown): string {
  return word(value) ?? "";
}

/** A string or a number as text. */
export function word(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : string(value);
}
