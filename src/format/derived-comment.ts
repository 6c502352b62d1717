/** First line of the comment that a recording writes above an interaction: `# 1 · openai chat · ...`. */
const HEADLINE = /^[ \t]*# \d+ · /;
/** A line below it: `# > ` before what was asked, `# < ` before the answer. */
const DETAIL = /^[ \t]*# [<>] /;

/** Returns the comment as lines of YAML at column `column`. It can contain any characters. */
export function commentLines(comment: string, column: number): string[] {
  const lines = comment.split("\n").map(visible);
  return lines.filter((line) => line !== "").map((line) => `${" ".repeat(column)}# ${line}`);
}

function visible(line: string): string {
  return line.replace(/[\p{Cc}\p{Cs}\s\ufeff]+/gu, " ").trim();
}

/**
 * Replaces the comment that an earlier recording wrote, in the lines above an interaction. Comments that
 * somebody wrote by hand stay, and an interaction that had no such comment gets none.
 */
export function renewComment(above: string, comment: string, column: number, eol: string): string {
  const lines = above.split(/(?<=\n)/);
  const start = lines.findIndex((line) => HEADLINE.test(line));
  if (start === -1) return above;
  let end = start + 1;
  while (end < lines.length && DETAIL.test(lines[end] as string)) end += 1;
  const renewed = commentLines(comment, column).map((line) => line + eol);
  return [...lines.slice(0, start), ...renewed, ...lines.slice(end)].join("");
}
