import { readFileSync, statSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import type { Vitest } from "vitest/node";
import { isBodiesFolder } from "../../storage/names.ts";
import { reportOf } from "./collect-cassettes.ts";
import { cassetteFolders } from "./project-settings.ts";

/**
 * Makes Vitest's watch mode rerun the tests that used a cassette when somebody changes, adds or removes it. What the run
 * itself writes reruns nothing. Off with `RECORD=1`, which would overwrite an edited cassette.
 */
export class CassetteWatcher {
  readonly #vitest: Vitest;
  #isRunning = false;
  /** Cassettes that changed while tests ran: at the end we know whether the run did it. */
  readonly #pending = new Set<string>();
  /** Cassettes that a run wrote, and when they were modified. */
  readonly #written = new Map<string, number | undefined>();

  constructor(vitest: Vitest, record: string) {
    this.#vitest = vitest;
    if (record === "all") return;
    const { watcher } = vitest.vite;
    for (const folder of cassetteFolders(vitest))
      if (relative(vitest.vite.config.root, folder).startsWith("..")) watcher.add(folder);
    // Vitest asks no trigger about a file that was removed.
    watcher.on("unlink", (file) => {
      if (isCassette(file) || isBody(file)) watcher.emit("change", file);
    });
    vitest.config.watchTriggerPatterns = [
      ...(vitest.config.watchTriggerPatterns ?? []),
      { pattern: /\.yaml$|\.bodies[\\/][^\\/]+\.gz$/, testsToRun: (file) => this.#testsToRun(resolve(file)) },
    ];
  }

  runStarted(): void {
    this.#isRunning = true;
  }

  /** @param written absolute paths of the cassettes that the run wrote */
  runEnded(written: readonly string[]): void {
    this.#isRunning = false;
    for (const file of written) this.#written.set(file, modified(file));
    const changed = [...this.#pending];
    this.#pending.clear();
    for (const file of changed) this.#vitest.vite.watcher.emit("change", file);
  }

  #testsToRun(file: string): string[] | undefined {
    if (!isCassette(file) && !isBody(file)) return undefined;
    if (this.#isRunning) {
      this.#pending.add(file);
      return undefined;
    }
    const tests = this.#vitest.state
      .getTestModules()
      .filter((module) => Object.keys(reportOf(module).tapes).some((tape) => this.#concerns(tape, file)))
      .map(({ moduleId }) => moduleId);
    return tests.length === 0 ? undefined : tests;
  }

  /** Whether a file is this tape or a body of it, and somebody else than the run has changed it. */
  #concerns(tape: string, file: string): boolean {
    const written = this.#written.get(tape);
    if (tape === file) return !this.#written.has(file) || written !== modified(file);
    if (!refersTo(tape, file)) return false;
    // A body is written before its tape.
    return written === undefined || (modified(file) ?? Number.POSITIVE_INFINITY) > written;
  }
}

function isBody(file: string): boolean {
  return file.endsWith(".gz") && isBodiesFolder(basename(dirname(file)));
}

function refersTo(tape: string, file: string): boolean {
  if (!isBody(file) || dirname(tape) !== dirname(dirname(file))) return false;
  try {
    return readFileSync(tape, "utf8").includes(basename(file));
  } catch {
    // It was removed, and the tests run for that.
    return false;
  }
}

function isCassette(file: string): boolean {
  return file.endsWith(".yaml") && !file.endsWith(".failed.yaml");
}

function modified(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
