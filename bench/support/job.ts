import type { ExchangeName } from "./exchanges.ts";

/** What one process is to do. */
export type Job =
  | {
      readonly kind: "record";
      readonly tool: string;
      readonly exchange: ExchangeName;
      readonly folder: string;
      readonly origin: string;
    }
  | {
      readonly kind: "measure";
      /** Name of a file under `cases/`. */
      readonly name: string;
      readonly variants: readonly string[];
      readonly repeats: number;
      readonly folder: string;
      readonly origin: string;
      /** Folder with the recordings of all tools. */
      readonly recordings: string;
    };

/** What it found out about one variant. */
export interface Outcome {
  readonly values: readonly number[];
  readonly notes: readonly string[];
  /** Why it could not be measured. */
  readonly cannot?: string;
}

export type Outcomes = Readonly<Record<string, Outcome>>;

/** Begins the line with the result on standard output: tools may print, too. */
export const RESULT = "\u0000result ";
