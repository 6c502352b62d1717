import { afterAll, aroundEach, beforeAll } from "vitest";
import { currentScope, runInScope } from "../session/scope.ts";
import { closeScope } from "./close-scope.ts";
import { fileTapes, settleFile } from "./shared-tapes.ts";
import { createTestScope, isTestScope } from "./test-scope.ts";

/**
 * Gives every test of the file that is being collected an async context of its own, in which its requests
 * are known as its own, and closes its cassettes when it ends. Registering twice does no harm.
 *
 * The "current test" that Vitest knows is a global, and the wrong one in concurrent tests.
 */
export function registerHooks(): void {
  // Destructured, since Vitest reads from this pattern which fixtures of an extended test are wanted.
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
    fileTapes().collected = true;
  });
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads which fixtures are wanted from this pattern.
  afterAll(({}, suite) => settleFile(suite));
}
