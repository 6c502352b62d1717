export interface Column {
  readonly title: string;
  /** @defaultValue `"left"` */
  readonly align?: "left" | "right";
}

/** A row of cells; a text instead stands alone in its line, for what is left out. */
export type Row = { readonly marked: boolean; readonly cells: readonly string[] } | string;

/** Rows under aligned columns; those that are marked have a `>` before them. */
export function table(columns: readonly Column[], rows: readonly Row[]): string {
  const titles: Row = { marked: false, cells: columns.map(({ title }) => title) };
  const all = [titles, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...all.map((row) => (typeof row === "string" ? 0 : (row.cells[index]?.length ?? 0)))),
  );
  const lines = all.map((row) => {
    if (typeof row === "string") return `    ${row}`;
    const cells = columns.map(({ align }, index) => {
      const cell = row.cells[index] ?? "";
      return align === "right" ? cell.padStart(widths[index] ?? 0) : cell.padEnd(widths[index] ?? 0);
    });
    return `${row.marked ? "  > " : "    "}${cells.join("  ")}`.trimEnd();
  });
  return lines.join("\n");
}

/**
 * Which of `length` rows to show: those in focus with `around` neighbours on each side; with nothing in
 * focus, the first and the last. Never more than `most`.
 */
export function rowsToShow(
  length: number,
  focus: readonly number[],
  around = 2,
  most = 16,
): readonly number[] {
  const chosen = new Set<number>();
  const add = (from: number, to: number): void => {
    for (let index = Math.max(0, from); index <= Math.min(length - 1, to); index++) {
      if (chosen.size < most) chosen.add(index);
    }
  };
  // What is in focus comes before its surroundings, should there be too much of it.
  for (const index of focus) add(index, index);
  for (const index of focus) add(index - around, index + around);
  if (focus.length === 0) {
    if (length <= most) add(0, length - 1);
    else {
      add(0, 2);
      add(length - 3, length - 1);
    }
  }
  return [...chosen].sort((a, b) => a - b);
}

/** Puts a line for what is left out between rows that are no neighbours. */
export function withGaps(
  indexes: readonly number[],
  length: number,
  noun: string,
  row: (index: number) => Row,
): readonly Row[] {
  const rows: Row[] = [];
  let next = 0;
  for (const index of [...indexes, length]) {
    const left = index - next;
    if (left > 0) rows.push(`… ${left} ${noun}${left === 1 ? "" : "s"}`);
    if (index < length) rows.push(row(index));
    next = index + 1;
  }
  return rows;
}
