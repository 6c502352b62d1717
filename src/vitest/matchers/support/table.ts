import { count } from "../../../cassette/count.ts";

export interface Column {
  readonly title: string;
  /** @defaultValue `"left"` */
  readonly align?: "left" | "right";
}

/** A row of cells. */
export interface Row {
  readonly marked: boolean;
  readonly cells: readonly string[];
}

/** Which rows of a table to print. */
export interface Selection {
  /** How many rows there are. */
  readonly length: number;
  /** Rows to print with their neighbors; without any, the table shows its beginning and its end. */
  readonly focus: readonly number[];
  /** How many neighbors on each side. @defaultValue `2` */
  readonly around?: number | undefined;
  /** What a row is: `event`. */
  readonly noun: string;
}

const MOST_ROWS = 16;

/** Prints selected rows under aligned columns, with a `>` before each marked row and a line for each gap. */
export function table(columns: readonly Column[], selection: Selection, row: (index: number) => Row): string {
  const { length, noun } = selection;
  const indexes = rowsToShow(selection);
  const titles: Row = { marked: false, cells: columns.map(({ title }) => title) };
  const rows = new Map(indexes.map((index) => [index, row(index)]));
  const widths = columns.map((_, column) =>
    Math.max(...[titles, ...rows.values()].map(({ cells }) => cells[column]?.length ?? 0)),
  );
  const line = ({ marked, cells }: Row): string => {
    const padded = columns.map(({ align }, column) => {
      const [cell = "", width = 0] = [cells[column], widths[column]];
      return align === "right" ? cell.padStart(width) : cell.padEnd(width);
    });
    return `${marked ? "  > " : "    "}${padded.join("  ")}`.trimEnd();
  };
  const lines = [line(titles)];
  let next = 0;
  for (const index of [...indexes, length]) {
    if (index > next) lines.push(`    … ${count(index - next, noun)}`);
    const shown = rows.get(index);
    if (shown !== undefined) lines.push(line(shown));
    next = index + 1;
  }
  return lines.join("\n");
}

function rowsToShow({ length, focus, around = 2 }: Selection): readonly number[] {
  const chosen = new Set<number>();
  const add = (from: number, to: number): void => {
    for (let index = Math.max(0, from); index <= Math.min(length - 1, to); index++) {
      if (chosen.size < MOST_ROWS) chosen.add(index);
    }
  };
  // Rows in focus take precedence over their neighbors if there are too many.
  for (const index of focus.slice(0, MOST_ROWS)) add(index, index);
  for (const index of focus) add(index - around, index + around);
  if (focus.length === 0) {
    const isShort = length <= MOST_ROWS;
    add(0, isShort ? length - 1 : 2);
    if (!isShort) add(length - 3, length - 1);
  }
  return [...chosen].sort((a, b) => a - b);
}
