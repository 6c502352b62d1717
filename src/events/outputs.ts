import type { EventOutput } from "./bus.ts";

const KEY = Symbol.for("vitest-cassette/outputs/1");

/** The outputs of all sessions: one list for each worker, even if this module is loaded more than once in it. */
export function eventOutputs(): Set<EventOutput> {
  const holder = globalThis as { [KEY]?: Set<EventOutput> };
  holder[KEY] ??= new Set();
  return holder[KEY];
}
