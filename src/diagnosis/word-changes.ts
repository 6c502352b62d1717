/** A run of a text: the same in both, or what stands in its place in each. */
export type TextRun =
  | { readonly kind: "same"; readonly text: string }
  | { readonly kind: "changed"; readonly live: string; readonly recorded: string };

/** Texts that differ in more words than this are one change between what they begin and end with. */
const MOST_EDITS = 400;

/** Where two texts differ, word by word. Joined in order the runs are the texts again. */
export function wordChanges(live: string, recorded: string): readonly TextRun[] {
  const a = words(live);
  const b = words(recorded);
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  return joinRuns([
    { kind: "same", text: a.slice(0, head).join("") },
    ...between(a.slice(head, a.length - tail), b.slice(head, b.length - tail)),
    { kind: "same", text: a.slice(a.length - tail).join("") },
  ]);
}

function words(text: string): readonly string[] {
  return text.match(/\s+|\S+/g) ?? [];
}

/**
 * Aligns two lists of words with the fewest words put in and left out: the greedy algorithm of Myers, "An
 * O(ND) Difference Algorithm and Its Variations" (1986), whose cost grows with the number of differences.
 */
function between(a: readonly string[], b: readonly string[]): readonly TextRun[] {
  const whole: TextRun = { kind: "changed", live: a.join(""), recorded: b.join("") };
  const most = Math.min(a.length + b.length, MOST_EDITS);
  // furthest.get(k): how many words of a are done on the diagonal k = (done of a) - (done of b).
  const furthest = new Map<number, number>([[1, 0]]);
  const before: ReadonlyMap<number, number>[] = [];
  for (let edits = 0; edits <= most; edits++) {
    before.push(new Map(furthest));
    for (let k = -edits; k <= edits; k += 2) {
      let x = comesFromAbove(k, edits, furthest) ? furthest.get(k + 1)! : furthest.get(k - 1)! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      furthest.set(k, x);
      if (x >= a.length && x - k >= b.length) return retrace(a, b, before);
    }
  }
  return [whole];
}

/** Whether the diagonal is reached by taking a word of `b` and not one of `a`. */
function comesFromAbove(k: number, edits: number, furthest: ReadonlyMap<number, number>): boolean {
  return k === -edits || (k !== edits && furthest.get(k - 1)! < furthest.get(k + 1)!);
}

function retrace(
  a: readonly string[],
  b: readonly string[],
  before: readonly ReadonlyMap<number, number>[],
): readonly TextRun[] {
  const runs: TextRun[] = [];
  let x = a.length;
  let y = b.length;
  for (let edits = before.length - 1; edits >= 0; edits--) {
    const furthest = before[edits]!;
    const above = comesFromAbove(x - y, edits, furthest);
    const from = above ? x - y + 1 : x - y - 1;
    const startX = furthest.get(from)!;
    const startY = startX - from;
    while (x > startX && y > startY && x > 0 && y > 0) {
      runs.push({ kind: "same", text: a[--x]! });
      y--;
    }
    if (edits === 0) break;
    if (above) runs.push({ kind: "changed", live: "", recorded: b[--y]! });
    else runs.push({ kind: "changed", live: a[--x]!, recorded: "" });
  }
  return runs.reverse();
}

/** Joins neighbours of one kind, and changes that only white space parts: a changed phrase is one change. */
function joinRuns(runs: readonly TextRun[]): readonly TextRun[] {
  const joined: TextRun[] = [];
  for (const run of runs) {
    if (run.kind === "same" && run.text === "") continue;
    const last = joined.at(-1);
    if (last === undefined) joined.push(run);
    else if (last.kind === "same" && run.kind === "same") {
      joined[joined.length - 1] = { kind: "same", text: last.text + run.text };
    } else if (last.kind === "changed" && run.kind === "changed") {
      joined[joined.length - 1] = both(last, run);
    } else if (
      last.kind === "same" &&
      run.kind === "changed" &&
      last.text.trim() === "" &&
      joined.length > 1
    ) {
      const before = joined[joined.length - 2] as TextRun & { readonly kind: "changed" };
      const space = { kind: "changed", live: last.text, recorded: last.text } as const;
      joined.splice(-2, 2, both(both(before, space), run));
    } else joined.push(run);
  }
  return joined;
}

type Change = TextRun & { readonly kind: "changed" };

function both(first: Change, second: Change): Change {
  return { kind: "changed", live: first.live + second.live, recorded: first.recorded + second.recorded };
}
