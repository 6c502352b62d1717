/** A run of items that comes again at once, once or several times. */
export interface TandemRun {
  /** Index of its first item. */
  readonly from: number;
  /** Number of items in it. */
  readonly length: number;
  /** How often it comes again. */
  readonly repeats: number;
}

/**
 * Runs of at least `shortest` items that come again at once: `a b c a b c`. Those of short runs come first; a
 * run that is only several of a shorter one is left out. Takes time by the square of the number of items.
 */
export function findTandemRuns(items: readonly number[], shortest: number): readonly TandemRun[] {
  const found: TandemRun[] = [];
  // All pairs of places are compared, which a typed array makes ten times faster.
  const all = Int32Array.from(items);
  for (let length = Math.max(1, shortest); length * 2 <= all.length; length++) {
    const last = all.length - length;
    let streak = 0;
    for (let index = 0; index <= last; index++) {
      if (index < last && all[index] === all[index + length]) {
        streak++;
      } else if (streak > 0) {
        const from = index - streak;
        if (streak >= length && !found.some((run) => covers(run, from, length))) {
          found.push({ from, length, repeats: Math.floor(streak / length) });
        }
        streak = 0;
      }
    }
  }
  return found;
}

/** Whether a run of `length` at `from` is no more than `run` several times. */
function covers(run: TandemRun, from: number, length: number): boolean {
  return (
    length % run.length === 0 &&
    from >= run.from &&
    from + length <= run.from + run.length * (run.repeats + 1)
  );
}

/** A group of equal items in a row. */
export interface Group {
  readonly from: number;
  readonly length: number;
}

/** Equal items in a row, as groups, in order. */
export function groupsOf(items: readonly number[]): readonly Group[] {
  const groups: Group[] = [];
  let from = 0;
  for (let index = 1; index <= items.length; index++) {
    if (index < items.length && items[index] === items[from]) continue;
    groups.push({ from, length: index - from });
    from = index;
  }
  return groups;
}
