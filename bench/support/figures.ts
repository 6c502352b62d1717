import { performance } from "node:perf_hooks";

/** One measurement. */
export interface Measured {
  /** Milliseconds per operation, the median of several rounds. */
  readonly each: number;
}

export interface Figure extends Measured {
  readonly name: string;
  /** The measurement to compare with. Ratios hold on other machines, milliseconds don't. */
  readonly beside?: readonly Measured[];
}

const ROUNDS = 5;

/** How many operations a round ran, and how many of its milliseconds to exclude. */
export interface Round {
  readonly count: number;
  readonly paused: number;
}

/** Runs `work` a few times. It returns its number of operations. The first round is a warm-up. */
export async function measure(work: () => Promise<number | Round>): Promise<Measured> {
  const rounds: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now();
    const did = await work();
    const { count, paused } = typeof did === "number" ? { count: did, paused: 0 } : did;
    rounds.push((performance.now() - started - paused) / count);
  }
  return { each: median(rounds.slice(1)) };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Prints ratios, then milliseconds and operations per second. */
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
