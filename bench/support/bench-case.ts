import type { ExchangeName } from "./exchanges.ts";

/** Stops the measurement of a variant. The table says "cannot", and why. */
export class Cannot extends Error {}

export interface Setting {
  /** A folder for this process alone. */
  readonly folder: string;
  /** The loopback server; in a replay it is not running. */
  readonly origin: string;
  /** Returns the folder with a tool's recording of an exchange. */
  recording(tool: string, exchange: ExchangeName): string;
  /** Adds a note to the variant's row in the table. */
  note(text: string): void;
}

/** Measures once. */
export type Measure = () => number | Promise<number>;

/** Compares two variants by the medians of their measurements. */
export type Target = {
  readonly of: string;
  /** Other variants: the smallest of their medians counts. Those that cannot do it are left out. */
  readonly than: readonly string[];
} & (
  | { readonly atMost: number }
  /** In the unit of the case. */
  | { readonly atMostMore: number }
);

export interface BenchCase {
  readonly title: string;
  readonly unit: "µs" | "ms" | "MB";
  readonly variants: readonly string[];
  /** Exchanges that each tool among the variants records first. */
  readonly exchanges?: readonly ExchangeName[];
  /** Runs the loopback server while this case is measured. */
  readonly live?: boolean;
  /** All variants take turns in one process. Otherwise each has a process of its own, and the processes take turns. */
  readonly together?: boolean;
  /** How many processes to start, one after another. */
  readonly launches: number;
  /** How often to measure in each, and how often before that without counting. */
  readonly repeats: number;
  readonly warmUps?: number;
  readonly targets: readonly Target[];
  /** Leave this case out if it returns why. */
  skip?(): string | undefined;
  prepare(variant: string, setting: Setting): Measure | Promise<Measure>;
}
