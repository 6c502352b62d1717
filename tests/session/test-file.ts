import { vi } from "vitest";
import { installInterception } from "../../src/interception/install.ts";
import type { CassetteOptions } from "../../src/options/options.ts";
import type { Cassette } from "../../src/session/cassette.ts";
import { sessionRouter } from "../../src/session/router.ts";
import { runInScope } from "../../src/session/scope.ts";
import { workerState } from "../../src/session/worker-state.ts";
import { settleFile } from "../../src/vitest/file-state.ts";
import { openCassette } from "../../src/vitest/open-cassette.ts";
import { closeScope, createTestScope, type TestTask } from "../../src/vitest/test-scope.ts";

type UseCassette = (name?: string | CassetteOptions, options?: CassetteOptions) => Cassette;
type Body = (useCassette: UseCassette) => unknown;

export interface FakeTest {
  readonly name: string;
  readonly body: Body;
  /** As Vitest skips a test that `-t` leaves out. */
  readonly skip?: boolean;
  /** As a test that skips itself when it runs, or that `--bail` leaves out. */
  readonly notReached?: boolean;
  /** How often a failed test is run again. */
  readonly retry?: number;
}

export interface FileResult {
  /** The messages of each failed test, by name. */
  readonly failures: Readonly<Record<string, string>>;
  /** What the end of the file has thrown. */
  readonly fileError: string | undefined;
  readonly warnings: readonly string[];
}

/** Runs test files in this process as Vitest would, one after the other, with cassettes in `root`. */
export interface TestRun extends Disposable {
  file(
    testFile: string,
    tests: readonly FakeTest[],
    env?: Readonly<Record<string, string>>,
  ): Promise<FileResult>;
}

/** Begins a run: what earlier ones have recorded is old. */
export function testRun(root: string, options: CassetteOptions = {}): TestRun {
  const state = workerState();
  const before = { settings: state.settings, plugin: state.plugin };
  state.plugin = true;
  // The clock of a file system may be some milliseconds late.
  state.settings = { root, runStarted: Date.now() + 1, options: { dir: "cassettes", ...options } };
  const started = new Promise((resolve) => setTimeout(resolve, 12));
  installInterception(sessionRouter);
  return {
    async file(testFile, tests, env = {}) {
      await started;
      vi.stubEnv("CI", "");
      for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
      const warn = vi.spyOn(console, "warn").mockImplementation(() => undefined);
      try {
        return { ...(await runFile(root, testFile, tests)), warnings: warn.mock.calls.map(String) };
      } finally {
        warn.mockRestore();
        vi.unstubAllEnvs();
      }
    },
    [Symbol.dispose]: () => void Object.assign(state, before),
  };
}

async function runFile(
  root: string,
  testFile: string,
  tests: readonly FakeTest[],
): Promise<Omit<FileResult, "warnings">> {
  const file = {
    type: "suite",
    name: testFile,
    filepath: `${root}/${testFile}`,
    tasks: [] as unknown[],
    meta: {},
  };
  const tasks = tests.map(({ name, retry, skip }, index) => ({
    type: "test",
    id: `${testFile} ${index}`,
    name,
    mode: skip === true ? "skip" : "run",
    file,
    suite: file,
    retry,
    result: undefined as { state: string } | undefined,
  }));
  file.tasks.push(...tasks);
  const failures: Record<string, string> = {};
  for (const [index, { name, body, skip, notReached, retry = 0 }] of tests.entries()) {
    const task = tasks[index]!;
    if (skip === true || notReached === true) continue;
    for (let attempt = 0; attempt <= retry; attempt++) {
      const error = await runTest(task, body);
      delete failures[name];
      if (error === undefined) break;
      failures[name] = error;
    }
  }
  const fileError = await settleFile(file as never).then(() => undefined, messageOf);
  return { failures, fileError };
}

async function runTest(
  task: { result: { state: string } | undefined },
  body: Body,
): Promise<string | undefined> {
  const scope = createTestScope(task as unknown as TestTask);
  const use: UseCassette = (first, second) =>
    typeof first === "string"
      ? openCassette(scope, first, second ?? {})
      : openCassette(scope, undefined, first ?? {});
  let error: string | undefined;
  try {
    await runInScope(scope, async () => body(use));
    task.result = { state: "pass" };
  } catch (reason) {
    error = messageOf(reason);
    task.result = { state: "fail" };
  }
  try {
    await closeScope(scope);
  } catch (reason) {
    error ??= messageOf(reason);
    task.result = { state: "fail" };
  }
  return error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
