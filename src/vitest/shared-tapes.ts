import type { RunnerTestSuite } from "vitest";
import { CassetteError } from "../cassette/errors.ts";
import type { Session } from "../session/session.ts";
import type { UnplayedTape } from "../session/session-settings.ts";
import type { TestScope, TestTask } from "./test-scope.ts";

type FileSuite = Readonly<Pick<RunnerTestSuite, "tasks">>;

/** What the tests of one file share: who has which tape, and what can only be judged when all of them ran. */
class FileTapes {
  /** Whether all tests are known and their hooks run: nothing that is said outside a test reaches a test any more. */
  collected = false;
  readonly #owners = new Map<string, { readonly id: string; readonly name: string }>();
  readonly #shared = new Map<string, Session>();
  /** The attempt of each test that used a shared tape last. */
  readonly #attempts = new WeakMap<Session, Map<string, TestScope>>();
  /** Sessions whose tape others may play too, closed and yet to be judged. */
  #left: UnplayedTape[] = [];
  /** The tapes that each test has opened, by the test's id. */
  readonly #opened = new Map<string, Set<string>>();

  /**
   * Takes a tape for one test, where its name was made from the test's.
   *
   * @throws CassetteError `CASSETTE_NAME_TAKEN` where another test's name made the same
   */
  claim(file: string, shownFile: string, owner: { id: string; name: string } | undefined): void {
    if (owner === undefined) return;
    // Windows and macOS do not tell names apart by case.
    const key = file.toLowerCase();
    const other = this.#owners.get(key);
    if (other !== undefined && other.id !== owner.id) {
      throw new CassetteError(
        "CASSETTE_NAME_TAKEN",
        `Failed to open the cassette of "${owner.name}": its file, ${shownFile}, is already that of another test, "${other.name}". ` +
          "Rename one of them, or name the cassette: useCassette('some-name').",
      );
    }
    this.#owners.set(key, owner);
  }

  /** Takes note that a test has opened a tape. */
  opened(file: string, { id }: TestTask): void {
    const files = this.#opened.get(id) ?? new Set();
    this.#opened.set(id, files.add(file));
  }

  shared(file: string): Session | undefined {
    return this.#shared.get(file);
  }

  /** Takes note that the test of `scope` uses a tape that outlives it; its next attempt starts anew. */
  share(file: string, session: Session, scope: TestScope): void {
    this.#shared.set(file, session);
    let attempts = this.#attempts.get(session);
    if (attempts === undefined) {
      attempts = new Map();
      this.#attempts.set(session, attempts);
    }
    const last = attempts.get(scope.task.id);
    if (last !== undefined && last !== scope) session.forget(last);
    attempts.set(scope.task.id, scope);
  }

  isShared(session: Session): boolean {
    return this.#shared.get(session.settings.file) === session;
  }

  /**
   * Takes note of what a test has left of a tape that others may play too, and judges it when no other test
   * of the file can: at once where this is the last one.
   */
  judge(session: UnplayedTape, task: TestTask): readonly Error[] {
    this.#left.push(session);
    return this.#judge(task.file, task);
  }

  /**
   * Closes what the file's tests share, and judges what all of them left.
   *
   * @throws CassetteError or AggregateError
   */
  async settle(suite: FileSuite): Promise<void> {
    const errors: unknown[] = [];
    const everyTestRan = allPassed(suite);
    for (const session of this.#shared.values()) {
      try {
        await session.close({ failed: !everyTestRan });
      } catch (error) {
        errors.push(error);
      }
    }
    errors.push(...this.#judge(suite));
    if (errors.length === 1) throw errors[0];
    if (errors.length > 1) throw new AggregateError(errors, errors.map(String).join("\n\n"));
  }

  /**
   * A recording that does not say which test made it is unplayed where no test has played it, or another
   * recording of the same request.
   */
  #judge(suite: FileSuite, judging?: TestTask): Error[] {
    const errors: Error[] = [];
    for (const [file, sessions] of Map.groupBy(this.#left, ({ settings }) => settings.file)) {
      const [first, ...others] = sessions;
      if (first === undefined || !this.#isOver(file, suite, judging)) continue;
      this.#left = this.#left.filter((each) => !sessions.includes(each));
      const left = first.unplayed.filter(
        (interaction) =>
          interaction.test === undefined &&
          others.every((other) => other.unplayed.includes(interaction) && !first.repeats(interaction)),
      );
      if (left.length === 0) continue;
      // After the last test nothing else says which of them it was.
      const openedBy = judging === undefined ? sessions.flatMap(({ settings }) => settings.label ?? []) : [];
      const error = first.unplayedError(left, openedBy);
      if (first.settings.options.unplayed === "error") errors.push(error);
      else first.warn(error.message);
    }
    return errors;
  }

  /**
   * Whether every test that may play a tape has. A skipped one might have, and so might one that failed, unless it
   * had got as far as to open others.
   */
  #isOver(file: string, suite: FileSuite, judging: TestTask | undefined): boolean {
    return suite.tasks.every((task) => {
      if (task.type === "suite") return this.#isOver(file, task, judging);
      if (task === judging || task.result?.state === "pass") return true;
      const opened = this.#opened.get(task.id);
      return task.result?.state === "fail" && opened !== undefined && !opened.has(file);
    });
  }
}

function allPassed(suite: FileSuite): boolean {
  return suite.tasks.every((task) =>
    task.type === "suite" ? allPassed(task) : task.result?.state === "pass",
  );
}

const KEY = Symbol.for("vitest-cassette/file-tapes/1");

interface Holder {
  [KEY]?: FileTapes | undefined;
}

/** Of the file whose tests are running. A worker runs one file at a time. */
export function fileTapes(): FileTapes {
  const holder = globalThis as Holder;
  holder[KEY] ??= new FileTapes();
  return holder[KEY];
}

/** To be run after the last test of a file. */
export async function settleFile(suite: FileSuite): Promise<void> {
  const holder = globalThis as Holder;
  const tapes = holder[KEY];
  holder[KEY] = undefined;
  await tapes?.settle(suite);
}
