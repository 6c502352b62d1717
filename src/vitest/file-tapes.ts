import { throwAll } from "../cassette/throw-all.ts";
import type { OpenTape } from "../session/open-tape.ts";
import type { Unfinished } from "../session/save-tape.ts";
import { type AboutTape, savedMessage, writeError } from "../session/saved-message.ts";
import type { Session } from "../session/session.ts";
import { type FileTask, fileState } from "./file-state.ts";
import { testsIn } from "./test-names.ts";
import type { TestTask } from "./test-scope.ts";

interface HeldTape extends AboutTape {
  readonly tape: OpenTape;
  /** Returns the label of a test on this tape. */
  readonly labelOf: (task: TestTask) => string;
}

/** The tapes that stay open until all tests of a file have run: each is written once, and judged once. */
class FileTapes {
  readonly #held = new Map<OpenTape, HeldTape>();
  /** Sessions on tapes that other tests may play, too. */
  readonly #played: Session[] = [];

  /** Keeps a tape open until the end of the file. */
  hold(held: HeldTape): void {
    if (this.#held.has(held.tape)) return;
    held.tape.use();
    this.#held.set(held.tape, held);
  }

  /** Judges at the end of the file what a session leaves unplayed that belongs to no test. */
  judgeLater(session: Session): void {
    this.#played.push(session);
  }

  /**
   * Writes and judges what the tests share.
   *
   * @throws CassetteError or AggregateError
   */
  async settle(file: FileTask): Promise<void> {
    const tests = testsIn(file);
    const errors: unknown[] = [];
    // A test that did not pass might have played the rest.
    if (tests.every(hasPassed)) errors.push(...this.#judge());
    for (const held of this.#held.values()) {
      const { tape, labelOf } = held;
      tape.unfinished = unfinishedOf(tests, labelOf);
      try {
        const saved = await tape.release();
        const message = saved && savedMessage(saved, held);
        if (message !== undefined) console.warn(`[vitest-cassette] ${message}`);
      } catch (error) {
        errors.push(writeError(held, error));
      }
    }
    throwAll(errors);
  }

  /** A recording without a label is unplayed if no test has played it, or another one that is equal. */
  #judge(): readonly Error[] {
    const errors: Error[] = [];
    for (const sessions of Map.groupBy(this.#played, ({ settings }) => settings.tape).values()) {
      const [first] = sessions as [Session];
      const { tape, options } = first.settings;
      const left = first.run.unplayed.filter(
        (entry) => entry.test === undefined && sessions.every(({ run }) => !run.wasAsked(entry)),
      );
      if (left.length === 0 || options.unplayed === "ignore" || tape.replaces) continue;
      const dropping = sessions.find(({ drops }) => drops);
      if (dropping !== undefined) {
        dropping.drop(left);
        continue;
      }
      const openedBy = sessions.flatMap(({ settings }) => settings.label ?? []);
      const error = first.unplayedError(left, [...new Set(openedBy)]);
      if (options.unplayed === "error") errors.push(error);
      else first.warn(error.message);
    }
    return errors;
  }
}

function unfinishedOf(tests: readonly TestTask[], labelOf: HeldTape["labelOf"]): Unfinished {
  const labelsOf = (tasks: readonly TestTask[]): ReadonlySet<string> => new Set(tasks.map(labelOf));
  const failed = tests.filter(({ result }) => result?.state === "fail");
  const notRun = tests.filter((task) => !hasPassed(task) && !failed.includes(task));
  return { failed: labelsOf(failed), notRun: labelsOf(notRun) };
}

/** Labels of the tests that are known not to run before any has run: `-t` or `.only` leaves them out. */
export function labelsOfLeftOut(file: FileTask, labelOf: HeldTape["labelOf"]): ReadonlySet<string> {
  return new Set(
    testsIn(file)
      .filter(({ mode }) => mode === "skip" || mode === "todo")
      .map(labelOf),
  );
}

function hasPassed({ result }: TestTask): boolean {
  return result?.state === "pass";
}

/** Returns the tapes that the tests of the file share. */
export function fileTapes(): FileTapes {
  const state = fileState();
  state.tapes ??= new FileTapes();
  return state.tapes as FileTapes;
}
