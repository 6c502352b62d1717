import { afterAll, aroundEach, beforeAll } from "vitest";
import { currentScope, runInScope } from "../session/scope.ts";
import { closeScope } from "./close-scope.ts";
import { fileState, settleFile } from "./file-state.ts";
import { createTestScope, isTestScope } from "./test-scope.ts";

/**
 * Runs every test of the file that is being collected in its own async context, which attributes requests to tests,
 * and closes its cassettes when it ends. Registering twice is harmless.
 *
 * Vitest's "current test" is a global, and the wrong one in concurrent tests.
 */
export function registerHooks(): void {
  // Destructured, because Vitest reads from this pattern which fixtures of an extended test to set up.
  aroundEach(async (runTest, { task }) => {
    const outer = currentScope();
    if (isTestScope(outer) && outer.task === task && !outer.closed) {
      await runTest();
      return;
    }
    const scope = createTestScope(task);
    await runInScope(scope, runTest);
    await closeScope(scope);
  });
  beforeAll(() => {
    fileState().collected = true;
  });
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads which fixtures are wanted from this pattern.
  afterAll(({}, file) => settleFile(file));
}
