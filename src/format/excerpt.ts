import { commonHead } from "../matching/common-ends.ts";

const WIDTH = 96;

export interface TextPosition {
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

export function positionOf(text: string, offset: number): TextPosition {
  let line = 1;
  let start = 0;
  for (;;) {
    const next = text.indexOf("\n", start);
    if (next === -1 || next >= offset) return { line, column: offset - start + 1 };
    start = next + 1;
    line += 1;
  }
}

/** How many characters on either side of the mark are redacted. */
const AROUND = 4000;

/**
 * Shows the line of `offset` with the one before it and a mark below. It cuts long lines around the mark, after it
 * has redacted them: half a secret cannot be recognized.
 */
export function excerptOf(text: string, offset: number, redact = (line: string): string => line): string {
  const { line, column } = positionOf(text, offset);
  const start = offset - column + 1;
  const end = text.indexOf("\n", start);
  const first = Math.max(start, offset - AROUND);
  const last = Math.min(end === -1 ? text.length : end, offset + AROUND);
  const shown = redact(text.slice(first, last));
  const mark = commonHead(redact(text.slice(first, offset)), shown);
  const from = Math.max(0, mark - WIDTH / 2);
  const isCut = first > start || from > 0;
  const gutter = `${line} | `;
  const rows: string[] = [];
  if (start > 0) {
    const previous = text.lastIndexOf("\n", start - 2) + 1;
    const window = text.slice(previous, start - 1).slice(first - start, first - start + 2 * AROUND);
    rows.push(`${line - 1} | `.padStart(gutter.length) + visible(redact(window), from, isCut));
  }
  rows.push(gutter + visible(shown, from, isCut));
  rows.push(`${" ".repeat(gutter.length - 2)}| ${" ".repeat(mark - from + (isCut ? 3 : 0))}^`);
  return rows.map((row) => `  ${row.trimEnd()}`).join("\n");
}

function visible(line: string, from: number, isCut: boolean): string {
  const part = line.slice(from, from + WIDTH);
  const cut = `${isCut ? "..." : ""}${part}${from + WIDTH < line.length ? "..." : ""}`;
  // A tape may hold anything, and terminals obey control characters.
  return cut.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\u{fffd}");
}
