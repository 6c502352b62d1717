import { CassetteOptionsError } from "../options/options-error.ts";
import type { CallOptions, RecordedFunction } from "./call-options.ts";
import type { Run } from "./run.ts";

/** Finds the run that a call belongs to, when it is made; `undefined` calls the function itself. */
export type FindRun = () => Run | undefined;

// biome-ignore lint/suspicious/noExplicitAny: any function is one, whatever it takes.
export type AnyFunction = (...args: any[]) => any;

export interface HowToRecord {
  readonly type: RecordedFunction["type"];
  /** Returns the argument that is compared. @defaultValue the first one */
  readonly inputOf?: RecordedFunction["inputOf"] | undefined;
}

/** Returns a function like this one whose calls are recorded and played. */
export function recordFunction<F extends AnyFunction>(
  findRun: FindRun,
  name: string,
  original: F,
  options: CallOptions<Parameters<F>> = {},
  { type, inputOf = ([first]) => first }: HowToRecord = { type: "function" },
): F {
  if (typeof name !== "string" || name === "" || typeof original !== "function") {
    throw new CassetteOptionsError("cassette.record()", [
      `It takes a name and a function: cassette.record("charge", chargeCard). It got ${typeof name} and ${typeof original}.`,
    ]);
  }
  const called: RecordedFunction = {
    name,
    type,
    run: original,
    inputOf,
    options: options as unknown as CallOptions,
  };
  const recorded = function (this: unknown, ...args: readonly unknown[]): unknown {
    const run = findRun();
    return run === undefined ? original.apply(this, [...args]) : run.calls.run(called, this, args);
  };
  return Object.defineProperties(recorded, {
    name: { value: original.name || name, configurable: true },
    length: { value: original.length, configurable: true },
  }) as unknown as F;
}
