import { fileTapes } from "./shared-tapes.ts";
import type { TestScope, TestTask } from "./test-scope.ts";

/**
 * Closes every cassette of a test that has ended, the innermost first.
 *
 * @throws what the test has to be told, an AggregateError where that is more than one thing
 */
export async function closeScope(scope: TestScope): Promise<void> {
  if (scope.closed) return;
  const errors: unknown[] = [];
  const outcome = { failed: hasFailed(scope.task) };
  for (const session of scope.sessions.toReversed()) {
    try {
      if (fileTapes().isShared(session)) session.report(scope);
      else await session.close(outcome);
    } catch (error) {
      errors.push(...(error instanceof AggregateError ? error.errors : [error]));
    }
  }
  errors.push(...scope.problems);
  scope.closed = true;
  scope.sessions.length = 0;
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("\n\n"));
}

/** Whether a test that has ended did not do what it was to do: it failed, gave itself up, or was meant to fail. */
function hasFailed({ result, fails }: TestTask): boolean {
  if (result?.state === "skip") return true;
  return (result?.state === "fail") !== (fails === true);
}
