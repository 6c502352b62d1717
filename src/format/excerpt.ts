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

/** The line of `offset` with the one before it and a mark below; long lines are cut around the mark. */
export function excerptOf(text: string, offset: number): string {
  const { line, column } = positionOf(text, offset);
  const start = offset - column + 1;
  const from = Math.max(0, column - 1 - WIDTH / 2);
  const gutter = `${line} | `;
  const rows: string[] = [];
  if (start > 0) {
    const previous = text.lastIndexOf("\n", start - 2) + 1;
    const before = `${line - 1} | `.padStart(gutter.length);
    rows.push(before + visible(text.slice(previous, start - 1), from));
  }
  const end = text.indexOf("\n", start);
  rows.push(gutter + visible(text.slice(start, end === -1 ? undefined : end), from));
  const mark = column - 1 - from + (from > 0 ? 3 : 0);
  rows.push(`${" ".repeat(gutter.length - 2)}| ${" ".repeat(mark)}^`);
  return rows.map((row) => `  ${row.trimEnd()}`).join("\n");
}

function visible(line: string, from: number): string {
  const part = line.slice(from, from + WIDTH);
  const cut = `${from > 0 ? "..." : ""}${part}${from + WIDTH < line.length ? "..." : ""}`;
  // A tape may hold anything, terminals obey some of it.
  return cut.replace(/\t/g, " ").replace(/[\p{Cc}\p{Cf}\p{Cs}]/gu, "\u{fffd}");
}
