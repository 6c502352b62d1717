import { statSync } from "node:fs";
import { relative, resolve, sep } from "node:path";
import type { TestModule } from "vitest/node";
import { notePlayed, type TapeNote } from "../../session/tape-note.ts";
import { failedFile } from "../../storage/names.ts";
import { type FileReport, ourMeta } from "./meta.ts";
import type { CassetteReport, CassetteTest } from "./run-report.ts";

/** Returns what a test file has reported, with the absolute paths of its cassettes. */
export function reportOf(module: TestModule): FileReport {
  const { tapes = {}, tests = {} } = ourMeta(module.meta())["vitest-cassette"] ?? {};
  const absolute = (file: string): string => resolve(module.project.config.root, file);
  return {
    tapes: Object.fromEntries(Object.entries(tapes).map(([file, note]) => [absolute(file), note])),
    tests: Object.fromEntries(
      Object.entries(tests).map(([id, uses]) => [
        id,
        uses.map((use) => ({ ...use, file: absolute(use.file) })),
      ]),
    ),
  };
}

/** Collects what the tests of a run report about each cassette, by its absolute path. */
export function collectCassettes(
  root: string,
  modules: readonly TestModule[],
): ReadonlyMap<string, CassetteReport> {
  const notes = new Map<string, TapeNote>();
  const tests = new Map<string, CassetteTest[]>();
  for (const module of modules) {
    const report = reportOf(module);
    for (const [path, note] of Object.entries(report.tapes)) notes.set(path, merge(notes.get(path), note));
    for (const test of module.children.allTests()) {
      for (const { file, positions: _, ...use } of report.tests[test.id] ?? []) {
        const own: CassetteTest = {
          ...(module.project.name === "" ? {} : { project: module.project.name }),
          testFile: relativeTo(root, module.moduleId),
          test: test.fullName,
          state: test.result().state,
          ...use,
        };
        tests.set(file, [...(tests.get(file) ?? []), own]);
      }
    }
  }
  const describe = ([path, note]: [string, TapeNote]): [string, CassetteReport] => {
    const { saved, stale = false, errorStatuses, played } = note;
    const written = saved === "failed" ? failedFile(path) : path;
    const bytes = saved && statSync(written, { throwIfNoEntry: false })?.size;
    const file = relativeTo(root, path);
    const outside = played?.entries;
    return [path, { file, saved, bytes, errorStatuses, stale, outside, tests: tests.get(path) ?? [] }];
  };
  return new Map([...notes].sort(([one], [other]) => (one < other ? -1 : 1)).map(describe));
}

/** Of two test files that opened the same cassette, or of two projects that ran the same test file. */
function merge(before: TapeNote = {}, note: TapeNote): TapeNote {
  const { saved, stale, errorStatuses = [], played } = note;
  const statuses = [...(before.errorStatuses ?? []), ...errorStatuses];
  const merged: TapeNote = {
    saved: before.saved === "new" && saved === "changed" ? "new" : (saved ?? before.saved),
    stale: stale ?? before.stale,
    errorStatuses: statuses.length === 0 ? undefined : statuses,
    played: before.played,
  };
  if (played !== undefined) notePlayed(merged, played);
  return merged;
}

/** Returns a path relative to a folder, with forward slashes. */
export function relativeTo(folder: string, path: string): string {
  return relative(folder, path).split(sep).join("/");
}
