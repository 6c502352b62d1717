import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BenchCase } from "./bench-case.ts";
import type { Outcome } from "./job.ts";
import { runJob, withServer } from "./processes.ts";
import { median } from "./statistics.ts";
import { toolsOf } from "./tools.ts";

export type Row = Outcome & { readonly values: number[]; readonly notes: string[]; cannot?: string };
export type Rows = ReadonlyMap<string, Row>;

/** Runs cases on recordings that they share. */
export class Bench {
  readonly #root = mkdtempSync(join(tmpdir(), "bench-"));
  /** Why a tool could not record an exchange, by both names. */
  readonly #failed = new Map<string, string>();
  /** The server that all recordings are of. */
  #recordedFrom = "";

  constructor() {
    process.on("exit", () => rmSync(this.#root, { recursive: true, force: true }));
  }

  /** Lets each tool record the exchanges of these cases, all from the same server. Replays run without it. */
  async record(cases: Iterable<BenchCase>): Promise<void> {
    const needed = [...cases].flatMap(({ exchanges = [], variants }) =>
      exchanges.flatMap((exchange) => toolsOf(variants).map((tool) => ({ tool, exchange }))),
    );
    if (needed.length === 0) return;
    const byExchange = Map.groupBy(needed, ({ exchange }) => exchange);
    await withServer(async (origin) => {
      this.#recordedFrom = origin;
      for (const [exchange, uses] of byExchange) {
        for (const tool of new Set(uses.map((use) => use.tool))) {
          const folder = join(this.#recordings, exchange, tool);
          await runJob({ kind: "record", tool, exchange, folder, origin }).catch((error: Error) =>
            this.#failed.set(`${exchange} ${tool}`, `failed to record: ${error.message}`),
          );
        }
      }
    });
  }

  /** Measures the variants of a case. */
  async run(name: string, benchCase: BenchCase): Promise<Rows> {
    const rows = new Map(
      benchCase.variants.map((variant): [string, Row] => [variant, this.#row(variant, benchCase)]),
    );
    if (benchCase.live !== true) await this.#measure(name, benchCase, rows, this.#recordedFrom);
    else await withServer((origin) => this.#measure(name, benchCase, rows, origin));
    return rows;
  }

  #row(variant: string, { exchanges = [] }: BenchCase): Row {
    const failed = exchanges.map((exchange) => this.#failed.get(`${exchange} ${variant.split(", ")[0]}`));
    const cannot = failed.find((reason) => reason !== undefined);
    return { values: [], notes: [], ...(cannot === undefined ? {} : { cannot }) };
  }

  async #measure(name: string, benchCase: BenchCase, rows: Rows, origin: string): Promise<void> {
    const { launches, together = false } = benchCase;
    for (let launch = 0; launch < launches; launch++) {
      const able = [...rows].filter(([, { cannot }]) => cannot === undefined).map(([variant]) => variant);
      for (const variants of together ? [able] : able.map((variant) => [variant])) {
        const outcomes = await this.#launch(name, benchCase, variants, origin);
        for (const [variant, { values, notes, cannot }] of Object.entries(outcomes)) {
          const row = rows.get(variant) as Row;
          // One process, one value: values of the same process are alike.
          if (values.length > 0) row.values.push(...(together ? values : [median(values)]));
          row.notes.push(...notes.filter((note) => !row.notes.includes(note)));
          if (cannot !== undefined) row.cannot = cannot;
        }
      }
    }
  }

  async #launch(
    name: string,
    { repeats }: BenchCase,
    variants: readonly string[],
    origin: string,
  ): Promise<Readonly<Record<string, Outcome>>> {
    const folder = mkdtempSync(join(this.#root, "process-"));
    try {
      return await runJob({
        kind: "measure",
        name,
        variants,
        repeats,
        folder,
        origin,
        recordings: this.#recordings,
      });
    } catch (error) {
      const { message } = error as Error;
      return Object.fromEntries(variants.map((each) => [each, { values: [], notes: [], cannot: message }]));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }

  get #recordings(): string {
    return join(this.#root, "recordings");
  }
}
