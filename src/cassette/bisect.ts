/** Returns the first number from 0 on for which `holds`, or `most`. If it holds for one, it must hold for all larger ones. */
export function bisect(most: number, holds: (index: number) => boolean): number {
  let low = 0;
  let high = most;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}
