import { isError } from "../cassette/is-error.ts";
import type { RecordedError, RecordedThrown } from "../cassette/model.ts";
import type { TapeValue } from "../cassette/tape-value.ts";

/** A class of errors whose instances are given back as such. */
export type ErrorClass = abstract new (...args: never[]) => Error;

/** How many causes of causes are written. An error may be its own cause. */
const MAX_CAUSES = 5;

const BUILT_IN: readonly ErrorClass[] = [
  AggregateError,
  Error,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
];

/**
 * Returns what a tape stores of something that was thrown.
 *
 * @param write copies a value that is no error; may throw
 */
export function toRecordedThrown(
  thrown: unknown,
  write: (value: unknown) => TapeValue,
  causes = MAX_CAUSES,
): RecordedThrown {
  if (!isError(thrown)) return { thrown: write(thrown) };
  const { name, message, code, cause, errors } = thrown as Thrown;
  const className = thrown.constructor?.name;
  const inner = (each: unknown): RecordedThrown => toRecordedThrown(each, write, causes - 1);
  return {
    name: String(name),
    ...(typeof className === "string" && className !== "" && className !== name ? { class: className } : {}),
    ...(typeof code === "string" || typeof code === "number" ? { code } : {}),
    message: String(message),
    ...(cause !== undefined && causes > 0 ? { cause: inner(cause) } : {}),
    ...(Array.isArray(errors) && causes > 0 ? { errors: errors.map(inner) } : {}),
  };
}

interface Thrown extends Error {
  readonly code?: unknown;
  readonly errors?: unknown;
}

/**
 * Returns what was thrown: an error of its class, if that is built in or among `classes`, or the value.
 *
 * @param read gives back a value that is no error
 */
export function fromRecordedThrown(
  recorded: RecordedThrown,
  read: (value: TapeValue) => unknown,
  classes: readonly ErrorClass[] = [],
): unknown {
  if ("thrown" in recorded) return read(recorded.thrown);
  const { name, code } = recorded;
  const inner = (each: RecordedThrown): unknown => fromRecordedThrown(each, read, classes);
  const error = errorLike(recorded, [...classes, ...BUILT_IN]);
  const define = (key: string, value: unknown): void => {
    Object.defineProperty(error, key, { value, configurable: true, writable: true });
  };
  if (recorded.cause !== undefined) define("cause", inner(recorded.cause));
  if (recorded.errors !== undefined) define("errors", recorded.errors.map(inner));
  // Some classes have an own `name`, which their prototype does not know of.
  if (error.name !== name) define("name", name);
  if (code !== undefined && (error as Thrown).code !== code) Object.assign(error, { code });
  return error;
}

/** Makes an error without running the constructor of its class, which may take anything. */
function errorLike(
  { name, class: className, message }: RecordedError,
  classes: readonly ErrorClass[],
): Error {
  // Its fields are private: only its constructor sets them.
  if (className === DOMException.name) return new DOMException(message, name);
  const error = new Error(message);
  const known = classes.find((each) => each.name === className) ?? classes.find((each) => each.name === name);
  return known === undefined ? error : (Object.setPrototypeOf(error, known.prototype) as Error);
}
