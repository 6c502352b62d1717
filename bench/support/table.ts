import type { Row, Rows } from "./bench.ts";
import type { BenchCase, Target } from "./bench-case.ts";
import { median, spread } from "./statistics.ts";

/** How a target turned out. */
export interface Verdict {
  readonly target: Target;
  /** The variant that it was compared with. */
  readonly than: string;
  /** The ratio, or how much more it is, in the unit of the case. */
  readonly figure: number;
  readonly holds: boolean;
}

/** Compares the medians. A target without anything to compare has no verdict. */
export function verdicts({ targets }: BenchCase, rows: Rows): readonly Verdict[] {
  return targets.flatMap((target): readonly Verdict[] => {
    const of = middle(rows.get(target.of));
    const others = target.than
      .map((than) => ({ than, value: middle(rows.get(than)) }))
      .filter(({ than, value }) => value !== undefined && isFaithful(rows.get(than) as Row));
    const least = others.sort((a, b) => (a.value as number) - (b.value as number))[0];
    if (of === undefined || least?.value === undefined) return [];
    if ("atMost" in target) {
      const figure = of / least.value;
      return [{ target, than: least.than, figure, holds: figure <= target.atMost }];
    }
    const figure = of - least.value;
    return [{ target, than: least.than, figure, holds: figure <= target.atMostMore }];
  });
}

/** Whether it gives what the server gave: another text, or other chunks, are another answer. */
function isFaithful({ notes }: Row): boolean {
  return !notes.some((note) => /\breads?\b|rewritten/.test(note));
}

function middle(row: Row | undefined): number | undefined {
  return row === undefined || row.cannot !== undefined || row.values.length === 0
    ? undefined
    : median(row.values);
}

export const HEADER = `| | median | quartiles | ratio | |
| --- | ---: | ---: | ---: | --- |`;

/** Renders the rows of a case. Ratios are to its first variant. */
export function renderCase(benchCase: BenchCase, rows: Rows): string {
  const first = middle(rows.get(benchCase.variants[0] ?? ""));
  const lines = [
    `| **${benchCase.title}** | | | | ${verdicts(benchCase, rows)
      .map((each) => sentence(each, benchCase))
      .join("<br>")} |`,
  ];
  for (const [variant, row] of rows) {
    const value = middle(row);
    const notes = row.notes.join(", ");
    if (value === undefined) {
      lines.push(`| ${variant} | cannot | | | ${(row.cannot ?? "").replaceAll("|", "\\|")} |`);
      continue;
    }
    const [low, high] = spread(row.values);
    const ratio = first === undefined ? "" : `${format(value / first)}`;
    lines.push(
      `| ${variant} | ${format(value)} ${benchCase.unit} | ${format(low)} to ${format(high)} | ${ratio} | ${notes} |`,
    );
  }
  return lines.join("\n");
}

function sentence({ target, than, figure, holds }: Verdict, { unit }: BenchCase): string {
  const found =
    "atMost" in target
      ? `${format(figure)} times ${than}, target ${format(target.atMost)}`
      : `${format(figure)} ${unit} more than ${than}, target ${target.atMostMore}`;
  return `${holds ? "holds" : "**missed**"}: ${target.of} takes ${found}`;
}

export function format(value: number): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return value.toFixed(digits);
}
