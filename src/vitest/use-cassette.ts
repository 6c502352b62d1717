import { aroundEach, TestRunner } from "vitest";
import { CassetteError } from "../cassette/errors.ts";
import { checkOptions } from "../options/check-options.ts";
import type { CassetteOptions } from "../options/options.ts";
import type { Cassette } from "../session/cassette.ts";
import { currentScope, scopeState } from "../session/scope.ts";
import { cassetteProxy } from "./cassette-proxy.ts";
import { fileState } from "./file-state.ts";
import { openCassette } from "./open-cassette.ts";
import {
  closeScope,
  createTestScope,
  inTestScope,
  isTestScope,
  latestScope,
  type TestScope,
} from "./test-scope.ts";

/**
 * Opens the cassette of the running test. Outside a test, opens one for every test of the file or `describe`, and
 * returns a handle that refers to the running test's. A cassette closes when its test ends.
 *
 * @param name file name under the root folder of the cassettes, without ending; by default made from the path of the
 * test file and the name of the test
 * @throws CassetteOptionsError for unknown options or invalid values, TapeError for a file that cannot be read
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
  if (scope !== undefined) return openCassette(scope, name, options);

  if (fileState().collected) throw outsideAnyTest();

  const handle = cassetteProxy();
  // Without the plugin and with a module cache that outlives the file, our own hook does not wrap the test.
  aroundEach((runTest, { task }) =>
    inTestScope(task, (scope) => {
      handle.bind(scope, openCassette(scope, name, options));
      return runTest();
    }),
  );
  return handle.cassette;
}

function outsideAnyTest(): CassetteError {
  return new CassetteError(
    "CASSETTE_NO_TEST",
    "Failed to open a cassette in a beforeAll or afterAll hook: it belongs to a test, and none is running. " +
      "Call useCassette() in the test, in beforeEach, or outside any hook for every test of the file or describe. " +
      "To record the requests of a hook, use withCassette() from 'vitest-cassette/core'.",
  );
}

/** Returns the scope of the running test. Creates one if our hooks did not. */
function testScope(): TestScope | undefined {
  const scope = currentScope();
  if (isTestScope(scope)) return stillOpen(scope);
  const test = TestRunner.getCurrentTest();
  if (test === undefined) return undefined;
  if (test.concurrent) {
    throw new CassetteError(
      "CASSETTE_NO_CONTEXT",
      `Failed to open the cassette of "${test.name}": it runs concurrently with others, and nothing tells them apart. ` +
        "Add the plugin to vitest.config.ts: plugins: [cassette()] from 'vitest-cassette/plugin'.",
    );
  }
  const known = latestScope(test);
  const own = known === undefined ? createTestScope(test) : stillOpen(known);
  // Entered, not run: the rest of the test body comes after this call.
  scopeState().current.enterWith(own);
  if (known === undefined) test.context.onTestFinished(() => closeScope(own));
  return own;
}

function stillOpen(scope: TestScope): TestScope {
  if (!scope.closed) return scope;
  throw new CassetteError(
    "CASSETTE_TEST_ENDED",
    `Failed to open a cassette in "${scope.label}": the test has ended, and its cassettes are closed. Call useCassette() before that, and await all work in the test.`,
  );
}
