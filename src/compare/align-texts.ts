import { commonHead, commonTail } from "../matching/common-ends.ts";

/** A text of two lists: in both (` `), only in the first one (`-`), or only in the second one (`+`). */
export interface AlignedText {
  readonly sign: "-" | "+" | " ";
  readonly text: string;
}

/**
 * Aligns two lists of texts by their longest common subsequence.
 *
 * @param most if there are more texts than this between the equal ends, these are not aligned
 */
export function alignTexts(
  before: readonly string[],
  after: readonly string[],
  most: number,
): readonly AlignedText[] {
  const head = commonHead(before, after);
  const tail = commonTail(before, after, head);
  const old = before.slice(head, before.length - tail);
  const now = after.slice(head, after.length - tail);
  return [
    ...signed(" ", before.slice(0, head)),
    ...(old.length + now.length > most ? [...signed("-", old), ...signed("+", now)] : align(old, now)),
    ...signed(" ", before.slice(before.length - tail)),
  ];
}

function signed(sign: AlignedText["sign"], texts: readonly string[]): readonly AlignedText[] {
  return texts.map((text) => ({ sign, text }));
}

function align(old: readonly string[], now: readonly string[]): readonly AlignedText[] {
  // `longest[i][j]`: length of the longest common subsequence of the texts from i and from j on.
  const longest = Array.from({ length: old.length + 1 }, () => new Uint32Array(now.length + 1));
  const at = (i: number, j: number): number => longest[i]?.[j] ?? 0;
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      (longest[i] as Uint32Array)[j] =
        old[i] === now[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const aligned: AlignedText[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      aligned.push({ sign: " ", text: old[i++] as string });
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      aligned.push({ sign: "-", text: old[i++] as string });
    } else {
      aligned.push({ sign: "+", text: now[j++] as string });
    }
  }
  return aligned;
}
