import { types } from "node:util";

/**
 * Whether a value is an error, whichever realm made it: in Vitest's vm pools Node's own errors are not instances
 * of the test's `Error`.
 */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || value instanceof Error;
}
