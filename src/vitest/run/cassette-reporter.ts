import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import type { Reporter, TestModule, TestRunEndReason, Vitest } from "vitest/node";
import { process } from "../../cassette/node-process.ts";
import { aBoolean, aString, checkFields } from "../../options/check.ts";
import { readEnvironment } from "../../options/environment.ts";
import { CassetteOptionsError } from "../../options/options-error.ts";
import { annotateErrors } from "./github-annotations.ts";
import { print, printsForPeople } from "./print.ts";
import { REPORTER_MARK } from "./reporter-mark.ts";
import { RunCollector } from "./run-collector.ts";
import { isNotable, summarize } from "./summary.ts";
import { CassetteWatcher } from "./watch-cassettes.ts";

/** Options of the reporter. */
export interface CassetteReporterOptions {
  /** Writes what the run did with cassettes to this file, as JSON. Relative to the root of Vitest. @defaultValue none */
  readonly json?: string | undefined;
  /** Whether to print a summary. @defaultValue `true` */
  readonly summary?: boolean | undefined;
}

/**
 * Vitest's reporter of what a run did with cassettes. The plugin adds it. Add it by hand to write a JSON file, too.
 *
 * @throws CassetteOptionsError for an unknown option or an invalid value
 * @example
 * reporters: ["default", ["vitest-cassette/reporter", { json: "cassettes.json" }]]
 */
export class CassetteReporter implements Reporter {
  readonly #options: CassetteReporterOptions;
  #run: RunCollector | undefined;
  #watcher: CassetteWatcher | undefined;

  constructor(options: CassetteReporterOptions = {}) {
    const problems = checkFields({ ...options }, "", { json: aString, summary: aBoolean });
    if (problems.length > 0) throw new CassetteOptionsError("the reporter", problems);
    this.#options = options;
    Object.defineProperty(this, REPORTER_MARK, { value: true });
  }

  onInit(vitest: Vitest): void {
    const { record } = readEnvironment({ ...process.env, ...vitest.config.env });
    const needsTokens = this.#options.json !== undefined || this.#printsSummary(vitest);
    this.#run = new RunCollector(vitest, record, needsTokens);
    this.#watcher = vitest.config.watch ? new CassetteWatcher(vitest, record) : undefined;
  }

  onTestRunStart(): void {
    this.#watcher?.runStarted();
  }

  onTestModuleEnd(module: TestModule): void {
    this.#run?.moduleEnded(module);
  }

  async onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly unknown[],
    reason: TestRunEndReason,
  ): Promise<void> {
    const run = this.#run;
    if (run === undefined) return;
    const { vitest, record } = run;
    annotateErrors(vitest, modules);
    const { report, written } = await run.end(modules, errors, reason);
    if (this.#printsSummary(vitest) && (isNotable(report) || printsForPeople(vitest) === "everything"))
      print(vitest, "Cassettes", summarize(report));
    if (vitest.config.watch && record !== "off") {
      const what = record === "all" ? "records again" : "records new requests";
      print(vitest, "RECORD", [`is on: every run ${what}, and requests to providers cost money`], "yellow");
    }
    this.#writeJson(vitest, report);
    this.#watcher?.runEnded(written);
  }

  #printsSummary(vitest: Vitest): boolean {
    return this.#options.summary !== false && printsForPeople(vitest) !== "nothing";
  }

  #writeJson(vitest: Vitest, report: unknown): void {
    const { json } = this.#options;
    if (json === undefined) return;
    const file = resolve(vitest.config.root, json);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
  }
}
