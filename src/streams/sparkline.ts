const LEVELS = "▁▂▃▄▅▆▇█";

/** Something that arrived at a time, and how much it is. */
export interface Arrival {
  /** Milliseconds since the start. */
  readonly at: number;
  readonly amount: number;
}

/**
 * Draws what arrived over time as one line of text: `▁▁▁▇▅▂▁▁█▆`. Each character stands for the same span of time, from
 * 0 to the last arrival; the lowest level means that nothing arrived.
 */
export function sparkline(arrivals: readonly Arrival[], width = 24): string {
  const end = Math.max(0, ...arrivals.map(({ at }) => at));
  const sums = new Array<number>(width).fill(0);
  for (const { at, amount } of arrivals) {
    const place = end === 0 ? 0 : Math.min(width - 1, Math.floor((at / end) * width));
    sums[place] = (sums[place] ?? 0) + amount;
  }
  const most = Math.max(1, ...sums);
  return sums
    .map((sum) => LEVELS[sum === 0 ? 0 : Math.max(1, Math.round((sum / most) * (LEVELS.length - 1)))])
    .join("");
}
