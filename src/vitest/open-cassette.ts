import { relative, resolve, sep } from "node:path";
import { CassetteError } from "../cassette/errors.ts";
import { readEnvironment } from "../options/environment.ts";
import { mergeDefaults } from "../options/merge-defaults.ts";
import type { CassetteOptions } from "../options/options.ts";
import { resolveOptions } from "../options/resolve-options.ts";
import type { Cassette } from "../session/cassette.ts";
import { toolsFor } from "../session/create-redactor-and-rules.ts";
import { cassetteOf } from "../session/open-handle.ts";
import { Session } from "../session/session.ts";
import type { UnplayedTape } from "../session/session-settings.ts";
import { namedFile } from "../session/tape-path.ts";
import { workerProject } from "../session/worker-state.ts";
import { fileCassetteFile, testCassetteFile } from "../storage/names.ts";
import { LABEL_SEPARATOR, recordCommands } from "./record-commands.ts";
import { fileTapes } from "./shared-tapes.ts";
import type { TestScope } from "./test-scope.ts";
import { suiteNames } from "./test-scope.ts";

/** What a session was opened with, so that another call in the same test can refine it. */
const givenTo = new WeakMap<Session, CassetteOptions>();

/**
 * Opens a cassette for the test of `scope`, to be closed with it. Where the same one is open already (a handle
 * for the whole file, and a call in the test), the later call's options win over the earlier's.
 *
 * @throws CassetteError `CASSETTE_OPEN` where it is too late for that
 */
export function openInScope(scope: TestScope, name: string | undefined, own: CassetteOptions): Cassette {
  const outer = scope.sessions.findLast((session) => session.settings.named === name);
  const given = outer === undefined ? own : mergeDefaults(givenTo.get(outer) ?? {}, own);
  const { settings, defaults } = workerProject();
  const environment = readEnvironment(process.env);
  const project = mergeDefaults(settings.options, defaults);
  const options = resolveOptions({ environment, test: given, project });
  const { task } = scope;
  const testFile = relative(settings.root, task.file.filepath).split(sep).join("/");
  const shared = options.scope === "file";
  const tools = toolsFor(options, process.env);
  // A title may be made of values (`test.each`), of which one is a key.
  const clean = (title: string): string => tools.redactor.redactName(title);
  const names = [...suiteNames(task), task.name];
  const shownFile =
    name !== undefined
      ? namedFile(name, tools.redactor)
      : shared
        ? fileCassetteFile(testFile)
        : testCassetteFile(testFile, names.map(clean));
  const folder = resolve(settings.root, options.dir);
  const file = resolve(folder, shownFile);
  const tapes = fileTapes();
  tapes.claim(
    file,
    shownFile,
    name === undefined && !shared ? { id: task.id, name: scope.label } : undefined,
  );

  tapes.opened(file, task);
  const existing = (shared ? tapes.shared(file) : undefined) ?? unchanged(outer, own);
  if (existing === undefined && outer !== undefined) withdraw(scope, outer);
  const session =
    existing ??
    new Session({
      name: shownFile.replace(/\.yaml$/, ""),
      named: name,
      file,
      shownFile: [options.dir, shownFile].join("/"),
      options,
      environment,
      ...tools,
      shelf: workerProject().shelf(folder, options.maxTapeBytes),
      ...recordCommands(
        testFile,
        shared || names.some((each) => clean(each) !== each) ? undefined : names,
        options,
        settings,
      ),
      owner: shared ? testFile : task.id,
      ...(name === undefined
        ? {}
        : {
            label: shared ? testFile : [testFile, clean(scope.label)].join(LABEL_SEPARATOR),
            judgeUnlabelled: (judged: UnplayedTape) => tapes.judge(judged, task),
          }),
    });
  givenTo.set(session, given);
  if (shared) tapes.share(file, session, scope);
  if (!scope.sessions.includes(session)) {
    scope.sessions.push(session);
    scope.had.push(session);
  }
  return cassetteOf(session, async () => {
    if (shared) {
      throw new CassetteError(
        "CASSETTE_SHARED",
        `Failed to eject cassette "${session.name}": with scope 'file' it belongs to all tests of its file, and closes after the last.`,
      );
    }
    const at = scope.sessions.indexOf(session);
    if (at !== -1) scope.sessions.splice(at, 1);
    await session.close({ failed: false });
  });
}

function unchanged(outer: Session | undefined, own: CassetteOptions): Session | undefined {
  return Object.keys(own).length === 0 ? outer : undefined;
}

/** Takes back a session that nothing was asked of yet. */
function withdraw(scope: TestScope, session: Session): void {
  const { requests } = session.stats;
  if (requests > 0) {
    throw new CassetteError(
      "CASSETTE_OPEN",
      `Failed to open cassette "${session.name}" again with other options: it is open already, and was asked for ${requests} request${requests === 1 ? "" : "s"}. Call useCassette() with them before the first request, or use another name.`,
    );
  }
  session.withdraw();
  for (const list of [scope.sessions, scope.had]) list.splice(list.indexOf(session), 1);
}
