import { performance } from "node:perf_hooks";

/** One thing that was measured. */
export interface Measured {
  /** Milliseconds for one, the median of several rounds. */
  readonly each: number;
}

export interface Figure extends Measured {
  readonly name: string;
  /** What it is to be compared with: ratios hold on other machines, milliseconds do not. */
  readonly beside?: readonly Measured[];
}

const ROUNDS = 5;

/** How many things a round did, and for how many of its milliseconds it did something else. */
export interface Round {
  readonly count: number;
  readonly paused: number;
}

/** Runs `work`, which tells how many things it did, a few times. The first round only warms up. */
export async function measure(work: () => Promise<number | Round>): Promise<Measured> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    const did = await work();
    const { count, paused } = typeof did === "number" ? { count: did, paused: 0 } : did;
    rounds.push((performance.now() - started - paused) / count);
  }
  const sorted = rounds.slice(1).sort((a, b) => a - b);
  return { each: sorted[Math.floor(sorted.length / 2)] ?? 0 };
}

/** Ratios first, then milliseconds and how many a second. */
export function printFigures(figures: readonly Figure[]): void {
  const width = Math.max(...figures.map(({ name }) => name.length));
  for (const { name, each, beside = [] } of figures) {
    const ratios = beside.map((other) => {
      const label = figures.find((figure) => figure.each === other.each)?.name ?? "?";
      return `x ${(each / other.each).toFixed(2)} of "${label}"`;
    });
    const figure = `${each.toFixed(3)} ms`.padStart(10);
    console.log(`${name.padEnd(width)} ${figure} ${Math.round(1000 / each)}/s`.trimEnd());
    for (const ratio of ratios) console.log(`  ${ratio}`);
  }
}
