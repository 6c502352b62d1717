const WIDTH = 100;

/** Renders a list of numbers, over several lines if it is long. */
export function numberList(name: string, numbers: readonly number[], column: number): string {
  const lines: string[] = [];
  let line = `${" ".repeat(column)}${name}: [`;
  let first = true;
  for (const number of numbers) {
    const text = String(number);
    if (!first && line.length + text.length + 3 > WIDTH) {
      lines.push(`${line},`);
      line = " ".repeat(column + 2) + text;
    } else {
      line += first ? text : `, ${text}`;
    }
    first = false;
  }
  lines.push(`${line}]`);
  return lines.join("\n");
}

/** Rounds to a tenth. A time before the start would make the tape unreadable. */
export function tenths(milliseconds: number): number {
  return milliseconds > 0 ? Math.round(milliseconds * 10) / 10 : 0;
}
