import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isObject } from "../cassette/is-object.ts";
import { parseJson } from "../streams/parse-json.ts";

/**
 * Which cassettes the last full run of the tests opened. The run summary writes it as JSON into `lastRunFile`, at the
 * end of a run that could know: without a filter of files or tests, `.only`, a shard, or a skipped or failed test. `prune`
 * reads it.
 */
export interface LastRun {
  /** Version of this file. A file of another version is ignored. */
  readonly version: 1;
  /** When the run ended (ISO 8601). */
  readonly at: string;
  /** `true`: every test of the project could open its cassette. */
  readonly full: boolean;
  /** Absolute path of Vitest's root. The other paths are relative to it, with `/`, or absolute. */
  readonly root: string;
  /** Cassettes that a test opened, whether or not they were played. */
  readonly used: readonly string[];
  /** The folders of cassettes of all projects that ran. */
  readonly cassetteDirs: readonly string[];
}

/** Returns the path of the file in Vite's `cacheDir`: `node_modules/.vite/vitest-cassette/last-run.json`. */
export function lastRunFile(cacheDir: string): string {
  return join(cacheDir, "vitest-cassette", "last-run.json");
}

/** Reads the file, with absolute paths; `undefined` if there is none that can be read. */
export function readLastRun(file: string): LastRun | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    // No run has written it, or somebody has cleared the cache.
    return undefined;
  }
  const run = parseJson(text);
  if (!isLastRun(run)) return undefined;
  const absolute = (paths: readonly string[]): readonly string[] =>
    paths.map((path) => resolve(run.root, path));
  return { ...run, used: absolute(run.used), cassetteDirs: absolute(run.cassetteDirs) };
}

function isLastRun(run: unknown): run is LastRun {
  return (
    isObject(run) &&
    run.version === 1 &&
    typeof run.at === "string" &&
    !Number.isNaN(Date.parse(run.at)) &&
    typeof run.full === "boolean" &&
    typeof run.root === "string" &&
    isTexts(run.used) &&
    isTexts(run.cassetteDirs)
  );
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}
