import { relative, sep } from "node:path";
import { count } from "../cassette/count.ts";
import { CassetteError } from "../cassette/errors.ts";
import { process } from "../cassette/node-process.ts";
import { mergeDefaults } from "../options/merge-defaults.ts";
import type { CassetteOptions } from "../options/options.ts";
import type { Cassette } from "../session/cassette.ts";
import { cassetteHandle } from "../session/cassette-handle.ts";
import { beginOpening, openCassetteFile } from "../session/opening.ts";
import { warnOnce } from "../session/scope.ts";
import type { Session } from "../session/session.ts";
import { tapePath } from "../session/tape-path.ts";
import { workerState } from "../session/worker-state.ts";
import { isFirstOfRun } from "../storage/first-of-run.ts";
import { fileCassetteFile } from "../storage/names.ts";
import { fileTapes, labelsOfLeftOut } from "./file-tapes.ts";
import { withholdPlaceholderKeys } from "./placeholder-keys.ts";
import { recordCommandOf } from "./record-commands.ts";
import { noteTest } from "./run/note-test.ts";
import { labelOf, ownCassetteFile } from "./test-names.ts";
import { suiteNames, type TestScope, type TestTask } from "./test-scope.ts";

const NO_PLUGIN =
  "The plugin is missing. Without it, requests of clients that were created while modules load may not be recorded, concurrent " +
  "tests cannot have cassettes, and there is no summary of a run. Add it to vitest.config.ts: plugins: [cassette()] from 'vitest-cassette/plugin'.";

/** The options that each session was opened with, so that another call in the same test can refine them. */
const givenTo = new WeakMap<Session, CassetteOptions>();

/**
 * Opens a cassette for the test of `scope`, which closes with it. If the same one is open already (a handle for the
 * whole file, and a call in the test), the options of the later call win.
 *
 * @throws CassetteError `CASSETTE_OPEN` if it is too late for that
 */
export function openCassette(scope: TestScope, name: string | undefined, own: CassetteOptions): Cassette {
  const outer = scope.sessions.findLast(({ settings }) => settings.named === name);
  if (outer !== undefined && Object.keys(own).length === 0) return handleOf(scope, outer);
  if (outer !== undefined) refuseLate(outer);
  const given = outer === undefined ? own : mergeDefaults(givenTo.get(outer) ?? {}, own);
  const session = openFor(scope, name, given);
  givenTo.set(session, given);
  if (session.recording) {
    if (!workerState().plugin && isFirstOfRun("no-plugin")) warnOnce(NO_PLUGIN);
    scope.onClosed.push(withholdPlaceholderKeys(process.env));
  }
  if (outer !== undefined) withdraw(scope, outer);
  if (scope.had.length === 0) scope.onClosed.push(() => testEnded(scope));
  scope.sessions.push(session);
  scope.had.push(session);
  return handleOf(scope, session);
}

async function testEnded(scope: TestScope): Promise<void> {
  noteTest(scope);
  if (workerState().settings.pictures !== true) return;
  const { annotateTest } = await import("./run/annotate-test.ts");
  await annotateTest(scope);
}

function openFor({ task }: TestScope, name: string | undefined, given: CassetteOptions): Session {
  const opening = beginOpening(given);
  const { options, redactor } = opening;
  const { settings } = workerState();
  const testFile = relative(settings.root, task.file.filepath).split(sep).join("/");
  const clean = (title: string): string => redactor.redactName(title);
  const shared = name !== undefined || options.scope === "file";
  const path =
    name !== undefined
      ? tapePath(name, redactor)
      : shared
        ? fileCassetteFile(testFile)
        : ownCassetteFile(task, testFile, clean);
  const labelOfTest = (each: TestTask): string => labelOf(each, testFile, clean);
  const label = shared ? labelOfTest(task) : undefined;
  const names = [...suiteNames(task), task.name];
  const session = openCassetteFile(opening, {
    path,
    named: name,
    test: {
      name: names.map(clean).join(" › "),
      file: testFile,
      project: settings.commandLine?.project,
    },
    // Never print a title that contains a secret.
    recordCommand: recordCommandOf(
      testFile,
      names.every((each) => clean(each) === each) ? names : undefined,
      options,
      settings,
    ),
    contributor: task.id,
    label,
    ...(shared
      ? {
          writer: { kind: "file", testFile },
          leftOut: () => labelsOfLeftOut(task.file, labelOfTest),
        }
      : { writer: { kind: "test" } }),
  });
  if (shared || (session.recording && mayRunAgain(task))) {
    const { tape, recordCommand } = session.settings;
    fileTapes().hold({ tape, recordCommand, label, labelOf: labelOfTest });
  }
  if (shared) fileTapes().judgeLater(session);
  return session;
}

/** Only the last attempt counts, so the tape is written after it. */
function mayRunAgain({ retry, repeats }: TestTask): boolean {
  return Boolean(retry) || Boolean(repeats);
}

function handleOf(scope: TestScope, session: Session): Cassette {
  return cassetteHandle(session, async () => {
    const at = scope.sessions.indexOf(session);
    if (at !== -1) scope.sessions.splice(at, 1);
    await session.close({ failed: false });
  });
}

function refuseLate(session: Session): void {
  const { asked, requests } = session.stats;
  if (asked === 0) return;
  throw new CassetteError(
    "CASSETTE_OPEN",
    `Failed to open cassette "${session.name}" again with other options: it is open already, and has got ${count(requests, "request")}. Call useCassette() with them before the first request, or use another name.`,
  );
}

/** Withdraws a session that got no request. */
function withdraw(scope: TestScope, session: Session): void {
  void session.withdraw();
  for (const list of [scope.sessions, scope.had]) list.splice(list.indexOf(session), 1);
}
