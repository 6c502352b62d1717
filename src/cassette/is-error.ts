import { types } from "node:util";

/**
 * Whether `value` is an error of any realm. In Vitest's vm pools, Node's errors are not instances of the test's
 * `Error`.
 */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}

/** Returns what was thrown as an error. */
export function asError(thrown: unknown): Error {
  return isError(thrown) ? thrown : new Error(String(thrown));
}
