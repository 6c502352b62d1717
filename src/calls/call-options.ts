import type { TapeValue } from "../cassette/tape-value.ts";
import type { CallPolicies, CallPolicy } from "../options/options.ts";
import type { ErrorClass } from "./tape-error.ts";
import { toTapeValue } from "./tape-value.ts";

/** The part of a call that `sanitize` is given. */
export type CallPart = "input" | "output" | "item";

/** Options of one recorded function. */
export interface CallOptions<Args extends readonly unknown[] = readonly never[]> {
  /**
   * Returns what is compared and written as the input.
   *
   * @defaultValue the first argument
   */
  readonly key?: ((...args: Args) => unknown) | undefined;
  /** Changes a value before it is written and compared; what the function gets and returns stays as it is. */
  readonly sanitize?: ((value: unknown, part: CallPart) => unknown) | undefined;
  /** The version of the function: a recording of another version is not played. */
  readonly version?: string | number | undefined;
  /** Classes of errors that the function throws: a replay throws instances of them. */
  readonly errors?: readonly ErrorClass[] | undefined;
}

/** A function that is recorded, as `wrap` and `record` see it. */
export interface RecordedFunction {
  readonly name: string;
  readonly type: "function" | "tool";
  readonly run: (this: unknown, ...args: readonly unknown[]) => unknown;
  /** Returns the argument that is compared. */
  readonly inputOf: (args: readonly unknown[]) => unknown;
  readonly options: CallOptions;
}

/** Returns what a function of this name does when it is called. */
export function policyOf(policies: CallPolicies, name: string): CallPolicy {
  if (Object.hasOwn(policies, name)) return policies[name] as CallPolicy;
  return policies["*"] ?? "replay";
}

/** Copies a part of a call into the form in which a tape stores it. `what` names it in the error. */
export function writtenPart(
  { name, options: { sanitize } }: RecordedFunction,
  value: unknown,
  part: CallPart,
  what: string = part,
): TapeValue | undefined {
  return toTapeValue(sanitize === undefined ? value : sanitize(value, part), what, name);
}

/** The version of a function as a tape stores it. */
export function versionOf({ options: { version } }: RecordedFunction): string | undefined {
  return version === undefined ? undefined : String(version);
}
