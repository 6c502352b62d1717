import { assertNodeVersion } from "../cassette/assert-node-version.ts";
import { asError, isError } from "../cassette/is-error.ts";
import { throwAll } from "../cassette/throw-all.ts";
import { checkOptions } from "../options/check-options.ts";
import { assertRecordingAllowed } from "../options/environment.ts";
import type { CassetteOptions } from "../options/options.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import type { Cassette } from "./cassette.ts";
import { cassetteHandle } from "./cassette-handle.ts";
import { beginOpening, openCassetteFile } from "./opening.ts";
import { createScope, currentScope, runInScope, type Scope } from "./scope.ts";
import type { Outcome, Session } from "./session.ts";
import { notePlayed } from "./tape-note.ts";
import { tapePath } from "./tape-path.ts";

/** Options of a cassette without a test runner: those of a test, and the folder of cassettes. */
export interface CoreCassetteOptions extends CassetteOptions {
  /** Root folder of the cassettes, relative to the working directory. @defaultValue `'cassettes'` */
  readonly dir?: string | undefined;
}

/**
 * Opens a cassette for every request until it is ejected; works with any test runner, and without one. If several
 * cassettes are open at the same time, use {@link withCassette}, which keeps their requests apart.
 *
 * @param name file name under the root folder of the cassettes, without ending
 * @throws CassetteOptionsError, TapeError, CassetteRecordingRefusedError
 * @example
 * await using cassette = openCassette("joke");
 * await tellJoke();
 */
export function openCassette(name: string, options: CoreCassetteOptions = {}): Cassette {
  const { session, scope } = open(name, options, currentScope());
  return cassetteHandle(session, () => eject(session, scope));
}

/**
 * Runs `body` with a cassette of its own: the requests that it sends, directly or not, belong to this cassette and to
 * no other one that is open.
 *
 * A recording replaces the earlier one under the same name. Simultaneous recordings under one name are written side by
 * side when the last of them ends.
 *
 * @returns what `body` returns
 * @throws what `body` throws; else CassetteError for misses, unplayed recordings, or a tape that could not be
 * written
 * @example
 * const text = await withCassette("joke", () => tellJoke());
 */
export async function withCassette<T>(name: string, body: (cassette: Cassette) => T | Promise<T>): Promise<T>;
export async function withCassette<T>(
  name: string,
  options: CoreCassetteOptions,
  body: (cassette: Cassette) => T | Promise<T>,
): Promise<T>;
export async function withCassette<T>(
  name: string,
  first: CoreCassetteOptions | ((cassette: Cassette) => T | Promise<T>),
  second?: (cassette: Cassette) => T | Promise<T>,
): Promise<T> {
  const [options, body] = typeof first === "function" ? [{}, first] : [first, second];
  if (typeof body !== "function") {
    throw new CassetteOptionsError("withCassette()", [
      `The function to run is missing: withCassette(${JSON.stringify(name)}, async () => { ... }).`,
    ]);
  }
  const scope = createScope(name);
  return runInScope(scope, async () => {
    const { session } = open(name, options, scope);
    const cassette = cassetteHandle(session, () => eject(session, scope));
    const close = (outcome: Outcome): Promise<void> =>
      closeAndNote(session, outcome).finally(() => {
        scope.sessions.length = 0;
      });
    let result: T;
    try {
      result = await body(cassette);
    } catch (error) {
      // The caller has to see why the body failed; a miss is often the cause.
      await close({ failed: true, reported: [asError(error).message] }).catch((reason: unknown) =>
        attach(error, reason),
      );
      throw error;
    } finally {
      scope.closed = true;
    }
    await close({ failed: false });
    throwAll(scope.problems);
    return result;
  });
}

function open(
  name: string,
  given: CoreCassetteOptions | undefined,
  scope: Scope | undefined,
): { readonly session: Session; readonly scope: Scope | undefined } {
  assertNodeVersion();
  const { dir, ...own } = given ?? {};
  checkOptions(own);
  const opening = beginOpening(own, dir === undefined ? {} : { dir });
  assertRecordingAllowed(opening.environment);
  const session = openCassetteFile(opening, {
    path: tapePath(name, opening.redactor),
    named: name,
    test: { name: opening.redactor.redactName(name) },
    writer: { kind: "process" },
    recordCommand: (_, record = "1") => `RECORD=${record}, with the command that you ran`,
    contributor: `${name} ${nextContributor++}`,
  });
  if (scope !== undefined) {
    scope.had.push(session);
    scope.sessions.push(session);
  }
  return { session, scope };
}

/** Each recording in this process contributes on its own. */
let nextContributor = 1;

async function eject(session: Session, scope: Scope | undefined): Promise<void> {
  const at = scope?.sessions.indexOf(session) ?? -1;
  if (at !== -1) scope?.sessions.splice(at, 1);
  await closeAndNote(session, { failed: false });
}

async function closeAndNote(session: Session, outcome: Outcome): Promise<void> {
  try {
    await session.close(outcome);
  } finally {
    const { stats, settings, playedPositions } = session;
    notePlayed(settings.tape.note, { entries: stats.played, requests: playedPositions });
  }
}

/** Keeps both errors: the one that the body threw, and that of the cassette. */
function attach(error: unknown, reason: unknown): void {
  if (isError(error) && error.cause === undefined) error.cause = reason;
  else console.warn(`[vitest-cassette] ${String(reason)}`);
}
