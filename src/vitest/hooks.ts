import { afterAll, aroundEach, beforeAll } from "vitest";
import { fileState, settleFile } from "./file-state.ts";
import { inTestScope } from "./test-scope.ts";

/** Runs every test of the file that is being collected in a scope of its own. Registering twice is harmless. */
export function registerHooks(): void {
  // Destructured, because Vitest reads from this pattern which fixtures of an extended test to set up.
  aroundEach((runTest, { task }) => inTestScope(task, runTest));
  beforeAll(() => {
    fileState().collected = true;
  });
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads which fixtures are wanted from this pattern.
  afterAll(({}, file) => settleFile(file));
}
