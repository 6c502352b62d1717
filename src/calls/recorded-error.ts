import { isError } from "../cassette/is-error.ts";
import type { RecordedError } from "../cassette/model.ts";

/** A class of errors whose instances are given back as such. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** How many causes of causes are written. */
const MAX_CAUSES = 5;

const BUILT_IN: readonly ErrorClass[] = [
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/** Returns what a tape stores of something that was thrown. */
export function recordedError(thrown: unknown, causes = MAX_CAUSES): RecordedError {
  if (!isError(thrown)) return { name: "Error", message: String(thrown) };
  const { name, message, cause } = thrown;
  const { code } = thrown as { readonly code?: unknown };
  return {
    name: String(name),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: String(message),
    ...(isError(cause) && causes > 0 ? { cause: recordedError(cause, causes - 1) } : {}),
  };
}

/** Returns an error as it was thrown: an instance of the class of that name, if it is built in or among `classes`. */
export function revivedError(recorded: RecordedError, classes: readonly ErrorClass[] = []): Error {
  const { name, message, code, cause } = recorded;
  const error = new Error(message, cause && { cause: revivedError(cause, classes) });
  const known = [...classes, ...BUILT_IN].find((each) => each.name === name);
  if (known !== undefined) Object.setPrototypeOf(error, known.prototype);
  // Some classes have an own `name`, which their prototype does not know of.
  if (error.name !== name)
    Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  if (code !== undefined) Object.assign(error, { code });
  return error;
}
