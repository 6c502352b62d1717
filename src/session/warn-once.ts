import { scopeState } from "./scope.ts";

/** Prints a warning that belongs to no test, once per worker and `key`. */
export function warnOnce(message: string, key = message): void {
  const { warned } = scopeState();
  if (warned.has(key)) return;
  warned.add(key);
  console.warn(`[vitest-cassette] ${message}`);
}
