/** Replaces the text from `start` to `end` with `text`. */
export interface Hunk {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** This many equal characters in a row are not a coincidence. */
const ANCHOR = 8;
const REACH = 2000;

/** Finds the changes between two texts, in small pieces, so that everything else keeps its place. */
export function hunksBetween(before: string, after: string): readonly Hunk[] {
  const hunks: Hunk[] = [];
  let tail = 0;
  const most = Math.min(before.length, after.length);
  while (tail < most && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const [stopBefore, stopAfter] = [before.length - tail, after.length - tail];
  let old = 0;
  let now = 0;
  while (old < stopBefore || now < stopAfter) {
    if (old < stopBefore && now < stopAfter && before[old] === after[now]) {
      old++;
      now++;
      continue;
    }
    const [nextOld, nextNow] = resync(before, after, old, now, stopBefore, stopAfter);
    hunks.push({ start: old, end: nextOld, text: after.slice(now, nextNow) });
    old = nextOld;
    now = nextNow;
  }
  return hunks;
}

/** The nearest place at which both texts go on alike. */
function resync(
  before: string,
  after: string,
  old: number,
  now: number,
  stopBefore: number,
  stopAfter: number,
): readonly [old: number, now: number] {
  for (let skipped = 0; skipped <= REACH && old + skipped + ANCHOR <= stopBefore; skipped++) {
    const anchor = before.slice(old + skipped, old + skipped + ANCHOR);
    const found = after.slice(now, Math.min(now + REACH, stopAfter)).indexOf(anchor);
    if (found !== -1) return [old + skipped, now + found];
  }
  return [stopBefore, stopAfter];
}
