import { statSync } from "node:fs";
import { relative, resolve } from "node:path";
import type { Vitest } from "vitest/node";
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
      if (isCassette(file)) watcher.emit("change", file);
    });
    vitest.config.watchTriggerPatterns = [
      ...(vitest.config.watchTriggerPatterns ?? []),
      { pattern: /\.yaml$/, testsToRun: (file) => this.#testsToRun(resolve(file)) },
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
    if (!isCassette(file)) return undefined;
    if (this.#isRunning) {
      this.#pending.add(file);
      return undefined;
    }
    if (this.#written.has(file) && this.#written.get(file) === modified(file)) return undefined;
    const tests = this.#vitest.state
      .getTestModules()
      .filter((module) => file in reportOf(module).tapes)
      .map(({ moduleId }) => moduleId);
    return tests.length === 0 ? undefined : tests;
  }
}

function isCassette(file: string): boolean {
  return file.endsWith(".yaml") && !file.endsWith(".failed.yaml");
}

function modified(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs;
}
