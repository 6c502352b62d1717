import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, watch, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { interactionsOf } from "../../src/cassette/model.ts";
import { parseTape } from "../../src/format/index.ts";
import { temporaryName } from "../../src/storage/atomic-write.ts";
import { type ProviderServer, startProviderServer } from "../support/provider-server/index.ts";
import type { Order, Report } from "./recording-process.ts";

const PROGRAM = join(import.meta.dirname, "recording-process.ts");
const KILLS = 9;

let server: ProviderServer;
let dir: string;
const children = new Set<ChildProcess>();

beforeAll(async () => {
  server = await startProviderServer({ script: { tokens: 80 } });
});
afterAll(() => server[Symbol.asyncDispose]());
beforeEach(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), "processes-")));
});
afterEach(() => {
  for (const child of children) child.kill("SIGKILL");
  children.clear();
  rmSync(dir, { recursive: true, force: true });
});

async function start(record = "1"): Promise<ChildProcess> {
  const child = fork(PROGRAM, [dir, server.url], {
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    env: { ...process.env, RECORD: record, RECORD_ON_CI: "1", CASSETTE_MODE: "" },
    execArgv: [],
  });
  children.add(child);
  child.once("exit", () => children.delete(child));
  await reported(child, "ready");
  return child;
}

async function reported(child: ChildProcess, kind: Report["kind"]): Promise<void> {
  for (;;) {
    const [report] = (await once(child, "message")) as [Report];
    if (report.kind === "failed") throw new Error(report.message);
    if (report.kind === kind) return;
  }
}

const order = (child: ChildProcess, given: Order): boolean => child.send(given);

/** Who recorded each interaction, and which of its requests that is. */
function contentOf(
  name: string,
): readonly { readonly who: string; readonly number: number; readonly requests: number }[] {
  const file = `${name}.yaml`;
  return interactionsOf(parseTape(readFileSync(join(dir, file), "utf8"), { file })).map(
    ({ request, response }) => {
      expect(response.end).toBe("complete");
      expect(Buffer.concat(response.chunks).toString()).toContain("[DONE]");
      return JSON.parse(Buffer.from(request.body ?? []).toString());
    },
  );
}

test(`a process that is killed ${KILLS} times, at any moment of a recording, always leaves a whole tape`, async () => {
  const requests = 3;
  let last = 0;
  let replaced = 0;
  // How long it takes on this machine.
  const first = await start();
  const began = performance.now();
  order(first, { name: "tape", who: "0", requests });
  await reported(first, "answered");
  const answering = performance.now() - began;
  await reported(first, "recorded");
  const writing = performance.now() - began - answering;
  first.kill();
  for (let kill = 1; kill <= KILLS; kill++) {
    // A later run: it replaces what the one before recorded.
    const child = await start();
    const moment = ((kill * 7) % KILLS) / KILLS;
    const touched = kill % 3 === 1 ? firstChange(dir) : undefined;
    order(child, { name: "tape", who: String(kill), requests });
    if (kill === KILLS) {
      // One writes, however slow the machine is.
      await reported(child, "recorded");
    } else if (touched !== undefined) {
      // The moment of the first change to the folder, and just after it.
      await touched;
      const until = performance.now() + (kill % 4) * 0.7;
      while (performance.now() < until);
    } else if (kill % 3 === 0) await wait(moment * answering);
    else {
      await reported(child, "answered");
      await wait(moment * writing * 1.5);
    }
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;

    const content = contentOf("tape");
    const who = Number(content[0]?.who);
    expect([last, kill]).toContain(who);
    expect(content).toEqual(
      [1, 2, 3].map((number) => ({ who: String(who), number, requests, stream: true })),
    );
    if (who === kill) replaced += 1;
    last = who;
    // The temporary file of the process before it is gone as soon as the next one writes.
    expect(leftOver().length).toBeLessThanOrEqual(1);
  }
  // Some kills came before the write.
  expect(replaced).toBeLessThan(KILLS);
  // In case no kill hit the write itself.
  writeFileSync(join(dir, temporaryName("tape.yaml", 4_194_303)), "half a ta");
  const child = await start();
  order(child, { name: "tape", who: "end", requests: 1 });
  await reported(child, "recorded");
  expect(readdirSync(dir)).toEqual(["tape.yaml"]);
  expect(contentOf("tape")).toHaveLength(1);
});

async function firstChange(folder: string): Promise<void> {
  const stop = new AbortController();
  const watcher = watch(folder, { signal: stop.signal });
  await once(watcher, "change");
  stop.abort();
}

function leftOver(): readonly string[] {
  return readdirSync(dir).filter((name) => name.endsWith(".tmp"));
}

const ROUNDS = 6;

test.each([
  ["1", "replaces the tape", 0],
  ["new", "adds to the tape", 1],
] as const)(
  "if two processes record one tape at once, the second fails and loses nothing: RECORD=%s %s",
  async (record, _, old) => {
    const both = await Promise.all([start(record), start(record)]);
    const reports = (kind: Report["kind"]) => Promise.all(both.map((child) => reported(child, kind)));
    for (let round = 0; round < ROUNDS; round++) {
      const name = `round-${round}`;
      if (old > 0) writeFileSync(join(dir, `${name}.yaml`), OLD_TAPE);
      const done = both.map((child) => reported(child, "recorded").then(() => undefined, String));
      const opened = reports("opened");
      for (const [index, child] of both.entries())
        order(child, { name, who: `process ${index}`, requests: 2, waits: true });
      await opened;
      const answered = reports("answered");
      for (const child of both) child.send("go");
      await answered;
      for (const child of both) child.send("go");
      const told = await Promise.all(done);
      const winner = told.indexOf(undefined);
      expect(told[1 - winner]).toContain(
        `Failed to record cassette ${dir}/${name}.yaml: another process has recorded it in this run, too`,
      );
      const content = (file: string) => contentOf(file).map(({ who, number }) => `${who}, ${number}`);
      const by = (who: number) => [1, 2].map((number) => `process ${who}, ${number}`);
      const before = old > 0 ? ["old, 1"] : [];
      expect(content(name)).toEqual([...before, ...by(winner)]);
      expect(content(`${name}.failed`)).toEqual([...before, ...by(1 - winner)]);
    }
    expect(readdirSync(dir).filter((name) => !/^round-\d(?:\.failed)?\.yaml$/.test(name))).toEqual([]);
  },
);

const OLD_TAPE = `cassette: 1
interactions:
  - request: { method: POST, url: "https://api.openai.com/v1/chat/completions", body: { who: old, number: 1 } }
    response: { body: "data: [DONE]" }
`;
