// Taken before a test can put fake timers in their place.
const { setTimeout, clearTimeout, setImmediate } = globalThis;

/**
 * Waits `ms` milliseconds, `0` for one whole turn of the event loop, so that sockets have been polled in between.
 * Ends at once when the signal is aborted.
 */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    if (ms <= 0) {
      // The first comes before the next poll where this was called from within one.
      setImmediate(() => setImmediate(resolve));
      return;
    }
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    }
    signal.addEventListener("abort", done);
  });
}
