/**
 * Measures a few cases for some seconds and fails if a ratio is much larger than when it was recorded: 1.5 times. What is
 * noise on a busy machine passes in one of five attempts. The recorded ratio is the largest of five.
 *
 *     npm run bench:check
 *     npm run bench:check -- --renew          # records the ratios in ratios.json
 *     npm run bench:check -- stream match     # only these cases
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Bench } from "./support/bench.ts";
import type { BenchCase } from "./support/bench-case.ts";
import { STUB } from "./support/stub.ts";
import { OURS } from "./support/tools.ts";

const TOLERANCE = 1.5;
const ATTEMPTS = 5;

const OTHER = ", requests in other bytes";

interface SmallCase {
  readonly name: string;
  readonly of: string;
  readonly than: string;
  readonly launches?: number;
  readonly repeats?: number;
}

const small: readonly SmallCase[] = [
  { name: "first-request", of: OURS, than: STUB, launches: 3 },
  { name: "json-post", of: OURS, than: STUB, launches: 3, repeats: 3 },
  { name: "stream", of: OURS, than: STUB, launches: 3 },
  { name: "match", of: `1,000 interactions${OTHER}`, than: `10 interactions${OTHER}`, repeats: 5 },
  { name: "match-large-body", of: "matching it", than: "JSON.parse and SHA-256", launches: 1 },
  { name: "write-3-mb", of: OURS, than: "yaml's stringify of the same content", launches: 1, repeats: 2 },
  { name: "matchers", of: "toHaveNoDuplicateEvents", than: "one pass: decoding the events", repeats: 3 },
];

const { values: options, positionals } = parseArgs({
  options: { renew: { type: "boolean", default: false } },
  allowPositionals: true,
});
const file = join(import.meta.dirname, "ratios.json");
const recorded = JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;

const cases = new Map<SmallCase, BenchCase>();
for (const each of small) {
  if (positionals.length > 0 && !positionals.includes(each.name)) continue;
  const { default: whole } = (await import(`./cases/${each.name}.ts`)) as { readonly default: BenchCase };
  const { of, than, launches = whole.launches, repeats = whole.repeats } = each;
  cases.set(each, { ...whole, variants: [of, than], launches, repeats });
}

const bench = new Bench();
await bench.record(cases.values());

async function ratioOf({ name, of, than }: SmallCase, benchCase: BenchCase): Promise<number> {
  const rows = await bench.run(name, benchCase);
  const [ours, other] = [of, than].map((variant) => {
    const row = rows.get(variant);
    if (row === undefined || row.cannot !== undefined) throw new Error(`${name}: ${variant}: ${row?.cannot}`);
    // What else the machine does only adds to a measurement.
    return Math.min(...row.values);
  });
  return (ours as number) / (other as number);
}

let failed = false;
for (const [each, benchCase] of cases) {
  const ratios: number[] = [];
  const limit = (recorded[each.name] ?? Number.POSITIVE_INFINITY) * TOLERANCE;
  do ratios.push(await ratioOf(each, benchCase));
  while (ratios.length < ATTEMPTS && (options.renew || Math.min(...ratios) > limit));
  const best = Math.min(...ratios);
  const holds = options.renew || best <= limit;
  if (options.renew) recorded[each.name] = Number(Math.max(...ratios).toFixed(2));
  if (!holds) failed = true;
  const shown = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
  console.log(
    `${holds ? "passed" : "FAILED"}  ${each.name}: ${shown} times ${each.than} (recorded: ${recorded[each.name]})`,
  );
}
if (options.renew) writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
if (failed) {
  console.error(
    `The package has become slower: a ratio is more than ${TOLERANCE} times the recorded one in each of ${ATTEMPTS} attempts. \`npm run bench -- <case>\` shows the figures. If it has to be so, record the new ratios with \`npm run bench:check -- --renew\`.`,
  );
  process.exitCode = 1;
}
