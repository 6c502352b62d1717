/** A run of a text: the same in both, or what stands in its place in each. */
export type TextRun =
  | { readonly kind: "same"; readonly text: string }
  | { readonly kind: "changed"; readonly live: string; readonly recorded: string };

/** The table of a word-by-word comparison has at most so many cells; past that all between the first and last change is one. */
const MOST_CELLS = 250_000;

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

/** Aligns two lists of words along a longest common subsequence. */
function between(a: readonly string[], b: readonly string[]): readonly TextRun[] {
  const whole: TextRun = { kind: "changed", live: a.join(""), recorded: b.join("") };
  if (a.length === 0 || b.length === 0 || a.length * b.length > MOST_CELLS) return [whole];
  const width = b.length + 1;
  const common = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      common[i * width + j] =
        a[i] === b[j]
          ? common[(i + 1) * width + j + 1]! + 1
          : Math.max(common[(i + 1) * width + j]!, common[i * width + j + 1]!);
    }
  }
  const runs: TextRun[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      runs.push({ kind: "same", text: a[i]! });
      i++;
      j++;
    } else if (
      j >= b.length ||
      (i < a.length && common[(i + 1) * width + j]! >= common[i * width + j + 1]!)
    ) {
      runs.push({ kind: "changed", live: a[i]!, recorded: "" });
      i++;
    } else {
      runs.push({ kind: "changed", live: "", recorded: b[j]! });
      j++;
    }
  }
  return runs;
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
