import { throwAll } from "../cassette/throw-all.ts";
import { hasFailed, type TestScope } from "./test-scope.ts";

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
