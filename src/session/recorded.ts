import type { CallOptions } from "../calls/call-options.ts";
import { type AnyFunction, recordFunction } from "../calls/record-function.ts";
import type { Run } from "../calls/run.ts";
import { currentScope, scopeState } from "./scope.ts";

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
  return recordFunction(currentRun, name, original, rest);
}

/** Finds the run of the running code, in the way in which its requests find their session. */
function currentRun(): Run | undefined {
  const scope = currentScope();
  if (scope !== undefined) return scope.sessions.at(-1)?.run;
  const { open } = scopeState();
  const [only] = open;
  return open.size === 1 ? only?.run : undefined;
}
