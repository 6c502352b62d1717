/**
 * Measures what a recorded function costs in a replay, and while it is recorded, beside the function itself.
 *
 *     node bench/calls.ts
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RecordedCall } from "../src/cassette/model.ts";
import { type Cassette, withCassette } from "../src/core.ts";
import { renderTape } from "../src/format/index.ts";

const CALLS = 5000;
const ROUNDS = 5;

const weather = async (query: object): Promise<object> => ({
  ...query,
  celsius: 20,
  text: "Sunny. ".repeat(20),
});
const queryOf = (index: number): object => ({ city: "Lyon", units: "c", index, days: [1, 2, 3] });

const dir = mkdtempSync(join(tmpdir(), "bench-calls-"));
try {
  const calls = await Promise.all(
    Array.from(
      { length: CALLS },
      async (_, index): Promise<RecordedCall> => ({
        kind: "call",
        at: index,
        name: "weather",
        type: "tool",
        input: queryOf(index) as RecordedCall["input"],
        form: "promise",
        output: (await weather(queryOf(index))) as RecordedCall["output"],
        end: "complete",
        duration: 1,
      }),
    ),
  );
  writeFileSync(join(dir, "calls.yaml"), renderTape({ version: 1, interactions: calls }));
  const plain: number[] = [];
  const played: number[] = [];
  const recorded: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    plain.push(await time(weather));
    await run("calls", async (cassette) => {
      const replay = cassette.record("weather", weather);
      await replay(queryOf(0));
      played.push(await time(replay, 1));
    });
    process.env.RECORD = "1";
    process.env.RECORD_ON_CI = "1";
    await run("recorded", async (cassette) => {
      recorded.push(await time(cassette.record("weather", weather)));
    });
    process.env.RECORD = "";
  }
  const best = (times: readonly number[]): string =>
    Math.min(...times)
      .toFixed(1)
      .padStart(6);
  console.log(`the function itself ${best(plain)} us a call`);
  console.log(`played              ${best(played)} us a call (budget: 20)`);
  console.log(`recorded            ${best(recorded)} us a call, without writing`);
  if (Math.min(...played) > 20) process.exitCode = 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}

function run(name: string, body: (cassette: Cassette) => Promise<void>): Promise<void> {
  return withCassette(name, { dir }, body);
}

/** Microseconds a call. */
async function time(call: (query: object) => Promise<unknown>, from = 0): Promise<number> {
  const start = performance.now();
  for (let index = from; index < CALLS; index++) await call(queryOf(index));
  return ((performance.now() - start) * 1000) / (CALLS - from);
}
