import { CassetteError } from "../cassette/errors.ts";
import type { Command } from "../interception/processes/command.ts";
import type { ProcessHandler } from "../interception/processes/process-handler.ts";
import { refusingHandler } from "../processes/refuse-process.ts";
import { currentScope, type OpenSession, type Scope, scopeState, warnOnce } from "./scope.ts";

/** Returns who records or plays a process: the session of the test that starts it; `undefined` if none does. */
export function routeProcess(command: Command): ProcessHandler | undefined {
  const takes = ({ processes }: OpenSession): boolean => processes.get().takes(command);
  const scope = currentScope();
  if (scope === undefined) return withoutScope(command, [...scopeState().open].filter(takes));
  const session = scope.sessions.findLast(takes);
  if (session !== undefined) return session.processes.get();
  if (scope.sessions.length > 0 || !scope.had.some(takes)) return undefined;
  return refusingHandler(() => reportLate(command, scope));
}

/** A process from no test's context: only one session may be open for it. */
function withoutScope(command: Command, candidates: readonly OpenSession[]): ProcessHandler | undefined {
  const [only, second] = candidates;
  if (second === undefined) return only?.processes.get();
  return refusingHandler(() => {
    const message = [
      `Failed to tell which test started ${command.name}: it came from no test's async context, and ${candidates.length} cassettes are open.`,
      ...candidates.map(({ name }) => `  ${name}`),
      "Start it inside the test, or run these tests one after the other.",
    ].join("\n");
    for (const session of candidates) session.noteProblem("CASSETTE_AMBIGUOUS", message);
    return message;
  });
}

function reportLate({ name }: Command, scope: Scope): string {
  const message = `Failed to start ${name}: the cassette of "${scope.label}" was closed before. Await all work before the test ends.`;
  if (scope.closed) warnOnce(message);
  else scope.problems.push(new CassetteError("CASSETTE_CLOSED", message));
  return message;
}
