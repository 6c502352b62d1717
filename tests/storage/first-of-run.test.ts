import { randomUUID } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test, vi } from "vitest";
import { isFirstOfRun } from "../../src/storage/first-of-run.ts";

test("one of the workers of a run is the first", () => {
  const folder = mkdtempSync(join(tmpdir(), "first-"));
  vi.stubEnv("TMPDIR", folder);
  onTestFinished(() => {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true, force: true });
  });
  const what = randomUUID();
  expect([isFirstOfRun(what), isFirstOfRun(what), isFirstOfRun("another")]).toEqual([true, false, true]);
  const [file = ""] = readdirSync(folder).filter((name) => name.includes(what));
  // Of a process that had the same id long ago.
  utimesSync(join(folder, file), 1, 1);
  expect([isFirstOfRun(what), isFirstOfRun(what)]).toEqual([true, false]);
  vi.stubEnv("TMPDIR", join(folder, "missing"));
  expect([isFirstOfRun(what), isFirstOfRun(what)]).toEqual([true, true]);
});
