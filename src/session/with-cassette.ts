import { resolve } from "node:path";
import { isError } from "../cassette/is-error.ts";
import { installInterception } from "../interception/install.ts";
import { checkOptions } from "../options/check-options.ts";
import { assertRecordingAllowed, readEnvironment } from "../options/environment.ts";
import { mergeDefaults } from "../options/merge-defaults.ts";
import type { CassetteOptions } from "../options/options.ts";
import { CassetteOptionsError } from "../options/options-error.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import type { Cassette } from "./cassette.ts";
import { toolsFor } from "./create-redactor-and-rules.ts";
import { throwAll } from "./error-collector.ts";
import { cassetteOf } from "./open-handle.ts";
import { sessionRouter } from "./router.ts";
import { createScope, currentScope, runInScope, type Scope, scopeState } from "./scope.ts";
import { Session } from "./session.ts";
import { namedFile } from "./tape-path.ts";
import { workerProject } from "./worker-state.ts";

/** Options of a cassette that is opened without a test runner: those of a test, and where tapes are kept. */
export interface CoreCassetteOptions extends CassetteOptions {
  /** Root folder of the tapes, relative to the working directory. @defaultValue `'cassettes'` */
  readonly dir?: string | undefined;
}

/**
 * Opens a cassette for whatever is sent until it is ejected; works with any test runner, and without one. What
 * is sent at the same time under another cassette needs {@link withCassette}, which keeps them apart.
 *
 * @param name file name under the root folder of the tapes, without ending
 * @throws CassetteOptionsError, TapeError, CassetteRecordingRefusedError
 * @example
 * await using cassette = openCassette("joke");
 * await tellJoke();
 */
export function openCassette(name: string, options: CoreCassetteOptions = {}): Cassette {
  const { session, scope } = open(name, options, currentScope());
  return cassetteOf(session, () => eject(session, scope));
}

/**
 * Runs `body` with a cassette of its own: what it sends, and what that causes to be sent, belongs to it, and
 * to no other that is open at the same time.
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
    const cassette = cassetteOf(session, () => eject(session, scope));
    let result: T;
    try {
      result = await body(cassette);
    } catch (error) {
      // What made the body fail is what its caller has to see; a miss is often the cause of it.
      await session.close({ failed: true }).catch((reason: unknown) => attach(error, reason));
      throw error;
    } finally {
      scope.closed = true;
    }
    await session.close({ failed: false });
    throwAll(scope.problems);
    return result;
  });
}

function open(
  name: string,
  given: CoreCassetteOptions | undefined,
  scope: Scope | undefined,
): { readonly session: Session; readonly scope: Scope | undefined } {
  const { dir, ...own } = given ?? {};
  checkOptions(own);
  const environment = readEnvironment(process.env);
  assertRecordingAllowed(environment);
  installInterception(sessionRouter);
  const project = workerProject();
  const merged = mergeDefaults(project.settings.options, project.defaults);
  const options = resolveOptions({
    environment,
    test: own,
    project: dir === undefined ? merged : { ...merged, dir },
  });
  const tools = toolsFor(options, process.env);
  const shownFile = namedFile(name, tools.redactor);
  const folder = resolve(project.settings.root, options.dir);
  const file = resolve(folder, shownFile);
  const session = new Session({
    name: shownFile.replace(/\.yaml$/, ""),
    named: name,
    file,
    shownFile: [options.dir, shownFile].join("/"),
    options,
    environment,
    ...tools,
    shelf: project.shelf(folder, options.maxTapeBytes),
    recordCommand: "RECORD=1, with the command that you ran",
    owner: freeOwner(name, file),
  });
  if (scope !== undefined) {
    scope.had.push(session);
    scope.sessions.push(session);
  }
  return { session, scope };
}

/** One recording after another takes its place; those that are made at once are kept side by side. */
function freeOwner(name: string, file: string): string {
  const taken = new Set<string>();
  for (const { settings } of scopeState().open) if (settings.file === file) taken.add(settings.owner);
  let owner = name;
  for (let number = 2; taken.has(owner); number += 1) owner = `${name} ${number}`;
  return owner;
}

async function eject(session: Session, scope: Scope | undefined): Promise<void> {
  const at = scope?.sessions.indexOf(session) ?? -1;
  if (at !== -1) scope?.sessions.splice(at, 1);
  await session.close({ failed: false });
}

/** Keeps both: an error that the caller threw, and what the cassette has to say of it. */
function attach(error: unknown, reason: unknown): void {
  if (isError(error) && error.cause === undefined) error.cause = reason;
  else console.warn(`[vitest-cassette] ${String(reason)}`);
}
