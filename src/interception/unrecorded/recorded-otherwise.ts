import { AsyncLocalStorage } from "node:async_hooks";

const inside = new AsyncLocalStorage<true>();

/** Runs code that starts a process whose messages are recorded: it is no unrecorded traffic. */
export function recordedOtherwise<T>(body: () => T): T {
  return inside.run(true, body);
}

export function isRecordedOtherwise(): boolean {
  return inside.getStore() === true;
}
