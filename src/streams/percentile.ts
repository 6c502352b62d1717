/**
 * Computes the `n`th percentile of `values` (`n` from 0 to 100), interpolated linearly between the two nearest
 * ranks, as numpy and spreadsheets do. `undefined` if there are no values.
 *
 * @throws RangeError if `n` is not from 0 to 100
 */
export function percentile(values: readonly number[], n: number): number | undefined {
  if (!(n >= 0 && n <= 100)) throw new RangeError(`Failed to take a percentile: ${n} is not from 0 to 100`);
  if (values.length === 0) return undefined;
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (n / 100) * (sorted.length - 1);
  const below = Math.floor(rank);
  const low = sorted[below]!;
  const high = sorted[Math.ceil(rank)]!;
  return low + (high - low) * (rank - below);
}
