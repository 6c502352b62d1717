/** A piece of two texts: in both, or in one of them only. */
export interface Piece {
  readonly kind: "same" | "left" | "right";
  readonly text: string;
}

/** Words that are compared in detail. Beyond them, the rest is one difference. */
const MAX_WORDS = 1_500;

/** Compares two texts word by word: a longest common subsequence, after what they begin and end with alike. */
export function compareTexts(left: string, right: string): readonly Piece[] {
  const a = left.match(/\s+|\S+/g) ?? [];
  const b = right.match(/\s+|\S+/g) ?? [];
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let tail = 0;
  while (tail < a.length - start && tail < b.length - start && a.at(-1 - tail) === b.at(-1 - tail)) tail++;
  const middle = between(a.slice(start, a.length - tail), b.slice(start, b.length - tail));
  return joined([
    { kind: "same", text: a.slice(0, start).join("") },
    ...middle,
    { kind: "same", text: a.slice(a.length - tail).join("") },
  ]);
}

function between(a: readonly string[], b: readonly string[]): readonly Piece[] {
  if (a.length > MAX_WORDS || b.length > MAX_WORDS) {
    return [
      { kind: "left", text: a.join("") },
      { kind: "right", text: b.join("") },
    ];
  }
  const width = b.length + 1;
  const lengths = new Uint16Array((a.length + 1) * width);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] =
        a[i] === b[j]
          ? (lengths[(i + 1) * width + j + 1] as number) + 1
          : Math.max(lengths[(i + 1) * width + j] as number, lengths[i * width + j + 1] as number);
    }
  }
  const pieces: Piece[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      pieces.push({ kind: "same", text: a[i] as string });
      i++;
      j++;
    } else if (
      j >= b.length ||
      (i < a.length && (lengths[(i + 1) * width + j] as number) >= (lengths[i * width + j + 1] as number))
    ) {
      pieces.push({ kind: "left", text: a[i++] as string });
    } else {
      pieces.push({ kind: "right", text: b[j++] as string });
    }
  }
  return pieces;
}

function joined(pieces: readonly Piece[]): readonly Piece[] {
  const result: { kind: Piece["kind"]; text: string }[] = [];
  for (const { kind, text } of pieces) {
    if (text === "") continue;
    const last = result.at(-1);
    if (last?.kind === kind) last.text += text;
    else result.push({ kind, text });
  }
  return result;
}
