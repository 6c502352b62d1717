/** The index of the first range that ends after `at`, in a list of ranges in order that do not overlap. */
export function firstEndingAfter(sorted: readonly { readonly end: number }[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as { readonly end: number }).end > at) high = middle;
    else low = middle + 1;
  }
  return low;
}
