const WIDE =
  /^(?:\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}|[\u3000-\u303f\uff01-\uff60])/u;
const segmenter = new Intl.Segmenter();

/** Counts the columns that a text takes on a terminal. */
export function widthOf(text: string): number {
  if (isPlain(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Cuts a text to at most `width` columns, and marks the cut with `…` at its start or end. */
export function cutToWidth(text: string, width: number, at: "start" | "end" = "end"): string {
  if (widthOf(text) <= width) return text;
  const segments = [...segmenter.segment(text)].map(({ segment }) => segment);
  const kept: string[] = [];
  let left = width - 1;
  for (const segment of at === "end" ? segments : segments.reverse()) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept.push(segment);
  }
  return at === "end" ? `${kept.join("")}…` : `…${kept.reverse().join("")}`;
}

function isPlain(text: string): boolean {
  return /^[ -~]*$/.test(text);
}
