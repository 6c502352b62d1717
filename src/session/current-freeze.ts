import type { Freeze } from "../freeze/freeze.ts";
import { interceptionState } from "../interception/context.ts";
import { currentScope, scopeState } from "./scope.ts";

/** Finds the freeze of the running code, in the way in which its requests find their session. */
export function currentFreeze(): Freeze | undefined {
  // Our own requests to the live provider are not the test's code.
  if (interceptionState().own.getStore() !== undefined) return undefined;
  const scope = currentScope();
  if (scope !== undefined) return scope.sessions.findLast(({ freeze }) => freeze !== undefined)?.freeze;
  const { open } = scopeState();
  const [only] = open;
  return open.size === 1 ? only?.freeze : undefined;
}
