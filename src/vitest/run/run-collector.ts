import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { TestModule, TestRunEndReason, Vitest } from "vitest/node";
import { type LastRun, lastRunFile } from "../../cli/last-run.ts";
import type { RecordChoice } from "../../options/options.ts";
import { workerState } from "../../session/worker-state.ts";
import { collectCassettes, relativeTo, reportOf } from "./collect-cassettes.ts";
import type { Spared } from "./count-played.ts";
import { findUnused, ranEverything } from "./find-unused.ts";
import { cassetteFolders } from "./project-settings.ts";
import type { CassetteReport, CassetteRunReport, CassetteTest, CassetteTotals } from "./run-report.ts";

/** Collects what a run did with cassettes. */
export class RunCollector {
  readonly vitest: Vitest;
  /** What `RECORD` asks for. */
  readonly record: RecordChoice;
  readonly #needsTokens: boolean;
  readonly #spared = new WeakMap<TestModule, Promise<Spared>>();

  constructor(vitest: Vitest, record: RecordChoice, needsTokens: boolean) {
    this.vitest = vitest;
    this.record = record;
    this.#needsTokens = needsTokens;
  }

  /** Decodes what the tests of a file have played, while others run. */
  moduleEnded(module: TestModule): void {
    if (!this.#needsTokens) return;
    const spared = spare(module);
    // Whoever awaits it at the end gets the error.
    spared.catch(() => undefined);
    this.#spared.set(module, spared);
  }

  /** Returns the report of a run that has ended, and the absolute paths of the cassettes that it has written. */
  async end(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    result: TestRunEndReason,
  ): Promise<{ readonly report: CassetteRunReport; readonly written: readonly string[] }> {
    const { vitest } = this;
    const { root } = vitest.config;
    const byPath = collectCassettes(root, modules);
    const cassettes = [...byPath.values()];
    const folders = cassetteFolders(vitest);
    const used = [...byPath.keys(), ...workerState().notes.keys()];
    const isWhole = result === "passed" && errors.length === 0 && (await ranEverything(vitest, modules));
    const unused = isWhole ? findUnused(folders, used) : undefined;
    if (isWhole && folders.length > 0) writeLastRun(vitest, used, folders);
    const spared = await Promise.all(modules.map((module) => this.#spared.get(module) ?? NOTHING));
    const report: CassetteRunReport = {
      version: 1,
      record: this.record,
      result,
      totals: totalsOf(cassettes, spared),
      cassettes,
      unused: unused?.map((file) => relativeTo(root, file)),
    };
    const written = [...byPath].flatMap(([path, { saved }]) => (saved === undefined ? [] : [path]));
    return { report, written };
  }
}

const NOTHING: Spared = { requests: 0, streams: 0, time: 0, tokens: { input: 0, output: 0 } };

async function spare(module: TestModule): Promise<Spared> {
  const report = reportOf(module);
  if (Object.keys(report.tapes).length === 0) return NOTHING;
  const { countPlayed } = await import("./count-played.ts");
  return countPlayed(report);
}

function totalsOf(cassettes: readonly CassetteReport[], spared: readonly Spared[]): CassetteTotals {
  const those = (which: (each: CassetteReport) => boolean): number => cassettes.filter(which).length;
  const sum = (of: (each: Spared) => number): number => spared.reduce((all, each) => all + of(each), 0);
  const tests = cassettes.flatMap((each) => each.tests);
  const all = (of: (each: CassetteTest) => number): number => tests.reduce((sum, each) => sum + of(each), 0);
  return {
    played: those(({ tests, outside = 0 }) => outside > 0 || tests.some(({ played }) => played > 0)),
    recorded: those(({ saved }) => saved === "new" || saved === "changed"),
    failed: those(({ saved }) => saved === "failed"),
    stale: those(({ stale }) => stale),
    requests: sum(({ requests }) => requests),
    streams: sum(({ streams }) => streams),
    time: Math.round(sum(({ time }) => time)),
    tokens: { input: sum(({ tokens }) => tokens.input), output: sum(({ tokens }) => tokens.output) },
    bytesRecorded: all(({ bytesRecorded }) => bytesRecorded),
    overhead: Math.round(all(({ overhead }) => overhead)),
    events: { sent: all(({ events }) => events.sent), dropped: all(({ events }) => events.dropped) },
  };
}

/** Writes which cassettes a run of all tests has opened, for `vitest-cassette prune`. Takes absolute paths. */
export function writeLastRun(vitest: Vitest, used: readonly string[], folders: readonly string[]): void {
  const { root } = vitest.config;
  const run: LastRun = {
    version: 1,
    at: new Date().toISOString(),
    full: true,
    root,
    used: used.map((path) => relativeTo(root, path)),
    cassetteDirs: folders.map((path) => relativeTo(root, path)),
  };
  const file = lastRunFile(vitest.vite.config.cacheDir);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(run));
}
