/** Does one job in a process of its own, and prints the outcome. */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { type BenchCase, Cannot, type Measure } from "./bench-case.ts";
import { clientOf } from "./clients.ts";
import { planOf } from "./exchanges.ts";
import { type Job, type Outcome, type Outcomes, RESULT } from "./job.ts";
import { loadTool } from "./tools.ts";

type Of<Kind extends Job["kind"]> = Extract<Job, { readonly kind: Kind }>;

async function record({ tool, exchange, folder, origin }: Of<"record">): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const { client, requests, atOnce = false } = planOf(exchange);
  const ask = await clientOf(client);
  const { record } = await loadTool(tool);
  await record(folder, origin, async (to) => {
    const url = `${to}/v1/chat/completions`;
    const bodies = requests.map((request) => JSON.stringify(request));
    if (atOnce) await Promise.all(bodies.map((body) => ask(url, body)));
    else for (const body of bodies) await ask(url, body);
  });
}

async function measure(job: Of<"measure">): Promise<Outcomes> {
  const { default: benchCase } = (await import(`../cases/${job.name}.ts`)) as { readonly default: BenchCase };
  const outcomes: Record<string, Outcome & { readonly values: number[] }> = {};
  const measures = new Map<string, Measure>();
  const attempt = async (variant: string, work: () => Promise<void>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      measures.delete(variant);
      Object.assign(outcomes[variant] ?? {}, { cannot: reasonOf(error) });
    }
  };
  for (const variant of job.variants) {
    const notes: string[] = [];
    outcomes[variant] = { values: [], notes };
    const setting = {
      folder: job.folder,
      origin: job.origin,
      recording: (tool: string, exchange: string) => join(job.recordings, exchange, tool),
      note: (text: string): void => {
        if (!notes.includes(text)) notes.push(text);
      },
    };
    await attempt(variant, async () => {
      const once = await benchCase.prepare(variant, setting);
      for (let run = 0; run < (benchCase.warmUps ?? 0); run++) await once();
      measures.set(variant, once);
    });
  }
  for (let run = 0; run < job.repeats; run++) {
    for (const [variant, once] of measures) {
      await attempt(variant, async () => {
        outcomes[variant]?.values.push(await once());
      });
    }
  }
  return outcomes;
}

function reasonOf(error: unknown): string {
  if (error instanceof Cannot) return error.message;
  const { name, message, cause } = error as Error;
  const causes = cause instanceof Error ? ` (${cause.message})` : "";
  // In a replay, the server is not running.
  if (/ECONNREFUSED|Disallowed net connect/.test(message + causes)) return "misses this client";
  return `${name}: ${message}${causes}`.replaceAll(/\s+/g, " ").slice(0, 160);
}

const job = JSON.parse(process.argv[2] ?? "") as Job;
const outcomes = job.kind === "record" ? await record(job) : await measure(job);
process.stdout.write(`\n${RESULT}${JSON.stringify(outcomes ?? {})}\n`, () => process.exit());
