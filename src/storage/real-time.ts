/**
 * Timers as they were when this module was loaded: a test with fake timers must not stop a recording from
 * being written.
 */
const realSetTimeout = globalThis.setTimeout;
const realSetInterval = globalThis.setInterval;
const realClearInterval = globalThis.clearInterval;
const realNow = performance.now.bind(performance);
const realDateNow = Date.now.bind(Date);

export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    realSetTimeout(resolve, milliseconds);
  });
}

/** Calls `beat` at intervals, without keeping the process alive, until the function that it gives is called. */
export function heartbeat(milliseconds: number, beat: () => void): () => void {
  const timer = realSetInterval(beat, milliseconds);
  timer.unref?.();
  return () => {
    realClearInterval(timer);
  };
}

/** Milliseconds from some start, never running backwards. */
export function monotonic(): number {
  return realNow();
}

/** Milliseconds since the epoch by the clock of the machine, which also stamps files. */
export function wallClock(): number {
  return realDateNow();
}
