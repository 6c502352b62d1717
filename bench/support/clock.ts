/**
 * Returns the milliseconds of processor time that this process spends on `work`: what other processes do changes it little.
 * (Node's `process.threadCpuUsage()` would leave out the compiler and the garbage collector, but on some kernels it counts
 * ticks of several milliseconds.)
 */
export async function cpuTime(work: () => unknown): Promise<number> {
  const stop = startCpuTime();
  await work();
  return stop();
}

/** Starts the same clock, and returns a function that reads it. */
export function startCpuTime(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
}

/** Returns the milliseconds until `work` is done. */
export async function wallTime(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
