import type { BenchCase } from "../support/bench-case.ts";
import { chatRequest } from "../support/chat.ts";
import { median } from "../support/statistics.ts";
import { BARE, loadTool, OURS, PEERS } from "../support/tools.ts";

const CHUNKS = 100;
const STREAMS = 10;

/** How long a client waits for the first chunk while a tool records. */
const benchCase: BenchCase = {
  title: `First chunk of ${CHUNKS} while recording`,
  unit: "ms",
  variants: [OURS, BARE, ...PEERS],
  live: true,
  launches: 5,
  repeats: 1,
  targets: [{ of: OURS, than: [BARE], atMostMore: 1 }],
  async prepare(tool, { folder, origin }) {
    const { record } = await loadTool(tool);
    return async () => {
      const waits: number[] = [];
      await record(folder, origin, async (to) => {
        for (let index = 0; index < STREAMS; index++) waits.push(await firstChunk(to, index));
      });
      // The first streams of a process load and compile what the others use.
      return median(waits.slice(2));
    };
  },
};

export default benchCase;

async function firstChunk(origin: string, index: number): Promise<number> {
  const body = JSON.stringify(chatRequest(index, CHUNKS));
  const headers = { "content-type": "application/json" };
  const start = performance.now();
  const response = await fetch(`${origin}/v1/chat/completions`, { method: "POST", body, headers });
  let first: number | undefined;
  for await (const _ of response.body ?? []) first ??= performance.now() - start;
  return first ?? Number.NaN;
}
