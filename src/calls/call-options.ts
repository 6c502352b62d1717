import type { ErrorClass } from "./tape-error.ts";

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
