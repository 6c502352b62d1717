import type { TestContext } from "vitest";
import { createScope, type Scope } from "../session/scope.ts";

/** The test, and the attempt of it, that a scope belongs to. */
export interface TestScope extends Scope {
  readonly task: TestTask;
  /** Runs when the test ends, before its sessions close. */
  readonly context: TestContext;
}

export type TestTask = TestContext["task"];

export function createTestScope(context: TestContext): TestScope {
  const scope = createScope(testName(context.task));
  return Object.assign(scope, { task: context.task, context });
}

export function isTestScope(scope: Scope | undefined): scope is TestScope {
  return scope !== undefined && "task" in scope;
}

/** `streams › tells a joke`: the names of the suites and of the test. */
export function testName(task: TestTask): string {
  const names = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) {
    if (suite.name !== "" && suite !== (task.file as unknown)) names.unshift(suite.name);
  }
  return names.join(" › ");
}
