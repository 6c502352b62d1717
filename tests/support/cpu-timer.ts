/**
 * Measures the processor time of this process, in milliseconds. Unlike the time on a clock, it does not depend on what
 * else the machine does.
 */
export function startCpuTimer(): () => number {
  const start = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(start);
    return (user + system) / 1000;
  };
}
