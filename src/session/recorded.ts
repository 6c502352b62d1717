import type { CallOptions } from "../calls/call-options.ts";
import { type AnyFunction, recordFunction } from "../calls/record-function.ts";
import { currentSession } from "./scope.ts";

/** Options of `recorded()`. */
export interface RecordedOptions<Args extends readonly unknown[] = readonly never[]>
  extends CallOptions<Args> {
  /** The name of the function on the cassette. @defaultValue the function's own name */
  readonly name?: string | undefined;
}

/**
 * Returns a function like this one whose calls are recorded and played by the cassette of the running test. If none is
 * open, it calls the function itself.
 *
 * @throws CassetteOptionsError for a function without a name
 * @example
 * export const charge = recorded(chargeCard, { name: "charge" });
 */
export function recorded<F extends AnyFunction>(
  original: F,
  options: RecordedOptions<Parameters<F>> = {},
): F {
  const { name = original?.name, ...rest } = options;
  return recordFunction(() => currentSession()?.run, name, original, rest);
}
