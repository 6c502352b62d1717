import type { TestContext } from "vitest";
import { throwAll } from "../cassette/throw-all.ts";
import { createScope, currentScope, runInScope, type Scope } from "../session/scope.ts";
import type { Session } from "../session/session.ts";

/** The test, and the attempt of it, that a scope belongs to. */
export interface TestScope extends Scope {
  readonly task: TestTask;
  readonly sessions: Session[];
  readonly had: Session[];
  /** Called when the test has ended, after its sessions are closed. */
  readonly onClosed: (() => void | Promise<void>)[];
}

export type TestTask = TestContext["task"];

const latest = new WeakMap<TestTask, TestScope>();

export function createTestScope(task: TestTask): TestScope {
  const scope = Object.assign(createScope(testName(task)), {
    task,
    sessions: [] as Session[],
    had: [] as Session[],
    onClosed: [] as TestScope["onClosed"],
  });
  latest.set(task, scope);
  return scope;
}

/** Returns the scope of the latest attempt, for code that runs outside the test's async context. */
export function latestScope(task: TestTask): TestScope | undefined {
  return latest.get(task);
}

export function isTestScope(scope: Scope | undefined): scope is TestScope {
  return scope !== undefined && "task" in scope;
}

/** Returns the names of the suites around a test, the outermost first. The file is not one of them. */
export function suiteNames(task: TestTask): readonly string[] {
  const names: string[] = [];
  for (let suite = task.suite; suite !== undefined && suite !== task.file; suite = suite.suite) {
    if (suite.name !== "") names.unshift(suite.name);
  }
  return names;
}

/** Whether a test that ended did not pass: it failed, skipped itself, or was expected to fail. */
export function hasFailed({ result, fails }: TestTask): boolean {
  if (result?.state === "skip") return true;
  return (result?.state === "fail") !== (fails === true);
}

/** Returns the names of the suites and of the test: `streams › tells a joke`. */
export function testName(task: TestTask): string {
  return [...suiteNames(task), task.name].join(" › ");
}

/**
 * Closes every cassette of a test that has ended, the innermost first.
 *
 * @throws what to tell the test; an AggregateError for several errors
 */
export async function closeScope(scope: TestScope): Promise<void> {
  if (scope.closed) return;
  const errors: unknown[] = [];
  const { result } = scope.task;
  const reported = result?.errors?.map(({ message }) => message);
  const outcome = { failed: hasFailed(scope.task), reported };
  for (const session of scope.sessions.toReversed()) {
    try {
      await session.close(outcome);
    } catch (error) {
      errors.push(error);
    }
  }
  errors.push(...scope.problems);
  scope.closed = true;
  scope.sessions.length = 0;
  for (const release of scope.onClosed.splice(0)) await release();
  throwAll(errors);
}

/**
 * Runs a test in its scope, which attributes requests to tests, and closes its cassettes when it ends.
 *
 * Vitest's "current test" is a global, and the wrong one in concurrent tests.
 */
export async function inTestScope(task: TestTask, run: (scope: TestScope) => Promise<void>): Promise<void> {
  const outer = currentScope();
  if (isTestScope(outer) && outer.task === task && !outer.closed) return run(outer);
  const scope = createTestScope(task);
  await runInScope(scope, () => run(scope));
  await closeScope(scope);
}
