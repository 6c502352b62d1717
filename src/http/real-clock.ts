/**
 * The real clock and the real timers, taken before any test can fake them: a recording is stamped with
 * real time, and nothing of ours may hang because a test has called `vi.useFakeTimers()`.
 */
const realNow = performance.now.bind(performance);
const realSetImmediate = setImmediate;
const realSetTimeout = setTimeout;
const realClearTimeout = clearTimeout;

/** Milliseconds on a monotonic clock that no test can fake and no clock change can move. */
export function now(): number {
  return realNow();
}

/** Resolves when the event loop has turned once. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    realSetImmediate(resolve);
  });
}

/** Resolves after `ms` real milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    realSetTimeout(resolve, ms);
  });
}

/** Resolves to `undefined` after `ms` real milliseconds, or as `promise` does if that is sooner. Never keeps the process alive. */
export async function within<T>(promise: Promise<T>, ms: number): Promise<T | undefined> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = realSetTimeout(() => resolve(undefined), ms);
    timer.unref();
  });
  try {
    return await Promise.race([promise, limit]);
  } finally {
    realClearTimeout(timer);
  }
}
