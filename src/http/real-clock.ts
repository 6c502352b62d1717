/**
 * The real clock and the real timers, captured when the package loads: fake timers in a test, or code that replaces
 * these globals, must neither stamp a recording nor stop us.
 */
import { performance } from "node:perf_hooks";

const realNow = performance.now.bind(performance);
const realDateNow = Date.now.bind(Date);
const ORIGIN = performance.timeOrigin;

export const realSetTimeout = setTimeout;
export const realClearTimeout = clearTimeout;
export const realSetImmediate = setImmediate;

/** Returns milliseconds on a clock that never runs backwards. */
export function now(): number {
  return realNow();
}

/** Returns milliseconds since 1970, with fractions, on a clock that never runs backwards. */
export function timeNow(): number {
  return ORIGIN + realNow();
}

/** Returns milliseconds since the epoch on the clock of the machine, which also stamps files. */
export function wallClock(): number {
  return realDateNow();
}

/** Resolves after one turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}

/** Returns a function that does `work` after one turn of the event loop, once for all calls until then. */
export function inNextTurn(work: () => void): () => void {
  let isScheduled = false;
  return () => {
    if (isScheduled) return;
    isScheduled = true;
    realSetImmediate(() => {
      isScheduled = false;
      work();
    });
  };
}

/** Resolves after `ms` milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realSetTimeout(resolve, ms);
  });
}

/**
 * Settles as `promise` does, or resolves to `undefined` after `ms` milliseconds, whichever comes first. Does not keep
 * the process alive.
 */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = realSetTimeout(() => resolve(undefined), ms);
    timer.unref?.();
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    realClearTimeout(timer);
  }
}
