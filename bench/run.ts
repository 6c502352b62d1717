/**
 * Measures the package against each peer and against the least that is possible, and writes RESULTS.md. Compare ratios
 * within one run, not absolute times.
 *
 *     npm run bench
 *     npm run bench -- stream match          # only these cases; prints, writes nothing
 *     npm run bench -- --launches 2          # fewer processes a case
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "./support/bench.ts";
import type { BenchCase } from "./support/bench-case.ts";
import { HEADER, renderCase } from "./support/table.ts";

const { values: options, positionals } = parseArgs({
  options: { launches: { type: "string" } },
  allowPositionals: true,
});

const here = import.meta.dirname;
if (!existsSync(join(here, "node_modules"))) {
  const { status } = spawnSync(
    "npm",
    ["ci", "--prefix", here, "--ignore-scripts", "--no-audit", "--no-fund"],
    {
      stdio: "inherit",
    },
  );
  if (status !== 0) process.exit(1);
}

const cases = new Map<string, BenchCase>();
const skipped: string[] = [];
for (const file of readdirSync(join(here, "cases")).toSorted()) {
  const name = file.replace(/\.ts$/, "");
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const { default: loaded } = (await import(`./cases/${file}`)) as { readonly default: BenchCase };
  const reason = loaded.skip?.();
  if (reason !== undefined) skipped.push(`${loaded.title}: not measured (${reason}).`);
  else
    cases.set(
      name,
      options.launches === undefined ? loaded : { ...loaded, launches: Number(options.launches) },
    );
}

const started = new Date();
const bench = new Bench();
await bench.record(cases.values());
const tables: string[] = [];
for (const [name, benchCase] of cases) {
  const table = renderCase(benchCase, await bench.run(name, benchCase));
  console.log(table);
  tables.push(table);
  if (positionals.length === 0) writeFileSync(join(here, "RESULTS.md"), page());
}
const missed = tables.flatMap((table) => table.split("\n")).filter((line) => line.includes("**missed**"));
console.log(`\n${missed.length} cases miss a target.`);

function page(): string {
  const [cpu] = cpus();
  return `# Results

Written by \`npm run bench\` on ${started.toISOString().slice(0, 10)}: Node ${process.versions.node}, ${cpus().length} cores (${cpu?.model.trim()}).

Times of replays are processor time, times of recordings are real time. Each tool runs in a process of its own, the processes take
turns, and all replay what they recorded of the same exchange with the same server. Ratios are to the first line of each
group. Compare ratios, not times. [How speed is measured](../docs/architecture.md#how-speed-is-measured).

${HEADER}
${tables.join("\n")}
${skipped.length > 0 ? `\n${skipped.join("\n")}\n` : ""}`;
}
