/**
 * Reads JSON of any shape. A decoder must never throw, whatever a provider, a proxy or a damaged tape contains.
 */
import { isObject } from "../../cassette/is-object.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

const EMPTY_OBJECT: JsonObject = {};
const EMPTY_ARRAY: readonly unknown[] = [];

export { isObject };

/** Returns `value` if it is an object, else an empty one. */
export function object(value: unknown): JsonObject {
  return isObject(value) ? value : EMPTY_OBJECT;
}

/** Returns `value` if it is an array, else an empty one. */
export function array(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : EMPTY_ARRAY;
}

/** Returns the objects in an array. */
export function objects(value: unknown): readonly JsonObject[] {
  return array(value).filter(isObject);
}

/** Returns `value` if it is a non-empty string. */
export function string(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Returns `value` if it is a finite number. */
export function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

/** Returns a string or a number as part of a key; an empty string for other values, which could throw. */
export function keyOf(value: unknown): string {
  return word(value) ?? "";
}

/** Returns a string or a number as text. */
export function word(value: unknown): string | undefined {
  return typeof value === "number" ? String(value) : string(value);
}
