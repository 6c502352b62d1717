import { aroundEach, TestRunner } from "vitest";
import { CassetteError } from "../cassette/errors.ts";
import { checkOptions } from "../modes/check-options.ts";
import type { CassetteOptions } from "../modes/options.ts";
import type { Cassette } from "../session/cassette.ts";
import { currentScope, runInScope, scopeState } from "../session/scope.ts";
import { closeScope } from "./close-scope.ts";
import { openInScope } from "./open-in-scope.ts";
import { standIn } from "./stand-in.ts";
import { createTestScope, isTestScope, type TestScope } from "./test-scope.ts";

/**
 * Opens the cassette of the running test; outside a test, gives every test of the surrounding file or
 * `describe` a cassette of its own and returns a handle that stands for the running test's. It closes by
 * itself when the test ends.
 *
 * @param name file name under the root folder of the tapes, without ending; by default it is made from the
 * test file's path and the test's name
 * @throws CassetteOptionsError for options that do not exist or cannot be, TapeError for a tape that cannot be read
 * @example
 * test("tells a joke", async () => {
 *   const cassette = useCassette();
 *   expect(await tellJoke()).toContain("dark mode");
 *   expect(cassette).toHaveFirstTokenWithin(800);
 * });
 */
export function useCassette(name?: string, options?: CassetteOptions): Cassette;
export function useCassette(options?: CassetteOptions): Cassette;
export function useCassette(first?: string | CassetteOptions, second?: CassetteOptions): Cassette {
  const name = typeof first === "string" ? first : undefined;
  const options = (typeof first === "string" ? second : first) ?? {};
  checkOptions(options);
  const scope = testScope();
  if (scope !== undefined) return openInScope(scope, name, options);

  const handle = standIn();
  aroundEach(async (runTest, { task }) => {
    const inner = currentScope();
    if (isTestScope(inner)) {
      handle.bind(inner, openInScope(inner, name, options));
      await runTest();
      return;
    }
    // Without the plugin and with a module cache that outlives the file, there is no hook of ours around this.
    const own = createTestScope(task);
    await runInScope(own, async () => {
      handle.bind(own, openInScope(own, name, options));
      await runTest();
    });
    await closeScope(own);
  });
  return handle.cassette;
}

/** The scope of the running test; made on the spot where no hook of ours has made one. */
function testScope(): TestScope | undefined {
  const scope = currentScope();
  if (isTestScope(scope)) return scope;
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return undefined;
  if (test.concurrent) {
    throw new CassetteError(
      "CASSETTE_NO_CONTEXT",
      `Failed to open the cassette of "${test.name}": it runs concurrently with others, and nothing tells them apart. ` +
        "Add the plugin to vitest.config.ts: plugins: [cassette()] from 'vitest-cassette/plugin'.",
    );
  }
  const own = createTestScope(test);
  // Entered and not run: the rest of the test body is what comes after this call.
  scopeState().current.enterWith(own);
  test.context.onTestFinished(() => closeScope(own));
  return own;
}
