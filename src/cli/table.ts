import { cutToWidth, widthOf } from "./text-width.ts";

const GAP = 2;
/** A column that shrinks keeps at least this many characters. */
const LEAST = 12;

interface TableOptions {
  /** Width of the terminal; `undefined` for no limit. */
  readonly columns: number | undefined;
  /** The columns that may be cut, by their numbers from 0. */
  readonly shrinks: readonly number[];
  /** The columns to leave out if cutting is not enough, the first one first. */
  readonly drops: readonly number[];
}

/** Returns the rows as lines with aligned columns. On a narrow terminal, it cuts cells and leaves columns out. */
export function tableLines(rows: readonly (readonly string[])[], options: TableOptions): readonly string[] {
  const shown = columnsOf(rows);
  for (const column of options.drops) {
    if (excess(shown, options) <= room(shown, options)) break;
    shown.delete(column);
  }
  shrink(shown, options);
  return rows.map((row) =>
    [...shown]
      .map(([column, width]) => {
        const cell = row[column] ?? "";
        // The end of a path says more than its beginning.
        const cut = cutToWidth(cell, width, cell.includes("/") && !cell.includes(" ") ? "start" : "end");
        return cut + " ".repeat(width - widthOf(cut));
      })
      .join(" ".repeat(GAP))
      .trimEnd(),
  );
}

/** The width of each column that is shown, by its number. */
type Widths = Map<number, number>;

function columnsOf(rows: readonly (readonly string[])[]): Widths {
  const count = Math.max(0, ...rows.map(({ length }) => length));
  const widthOfColumn = (column: number): number =>
    Math.max(...rows.map((row) => widthOf(row[column] ?? "")));
  return new Map(Array.from({ length: count }, (_, column) => [column, widthOfColumn(column)]));
}

/** By how much the table is too wide. */
function excess(widths: Widths, { columns = Number.POSITIVE_INFINITY }: TableOptions): number {
  return [...widths.values()].reduce((sum, width) => sum + width + GAP, -GAP) - columns;
}

/** By how much the columns can be cut. */
function room(widths: Widths, { shrinks }: TableOptions): number {
  return shrinks.reduce((sum, column) => sum + Math.max(0, (widths.get(column) ?? 0) - LEAST), 0);
}

/** Takes what is too much from the widest column that may shrink, again and again. */
function shrink(widths: Widths, options: TableOptions): void {
  const widthAt = (column: number): number => widths.get(column) ?? 0;
  for (let tooMuch = excess(widths, options); tooMuch > 0; tooMuch -= 1) {
    const widest = options.shrinks.reduce((one, other) => (widthAt(other) > widthAt(one) ? other : one));
    if (widthAt(widest) <= LEAST) return;
    widths.set(widest, widthAt(widest) - 1);
  }
}
