import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Vitest } from "vitest/node";
import { type LastRun, lastRunFile } from "../../cli/last-run.ts";
import { relativeTo } from "./collect-cassettes.ts";

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
