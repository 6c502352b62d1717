import type { Run } from "../calls/run.ts";
import { CassetteError } from "../cassette/errors.ts";
import { type Interaction, interactionsOf, type TapeEntry } from "../cassette/model.ts";
import { throwAll } from "../cassette/throw-all.ts";
import type { Freeze } from "../freeze/freeze.ts";
import type { Mode } from "../options/options.ts";
import type { ErrorCollector } from "./error-collector.ts";
import { type SessionManifest, summarizeTape } from "./manifest.ts";
import { mergeRecordings } from "./merge-recordings.ts";
import type { OtherTraffic } from "./other-traffic.ts";
import type { Requests } from "./requests.ts";
import { scopeState } from "./scope.ts";
import { type SessionMessages, savedMessage, writeError } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { type CassetteStats, statsOf } from "./stats.ts";
import type { TapeUpdate } from "./update-tape.ts";

/** The test's outcome. */
export interface Outcome {
  readonly failed: boolean;
  /** The messages of the errors that it failed with: those of ours are not reported again. */
  readonly reported?: readonly string[] | undefined;
}

/** What a session consists of. */
export interface SessionParts {
  /** Whether what goes live is put onto the tape. */
  readonly records: boolean;
  readonly run: Run;
  readonly requests: Requests;
  readonly traffic: OtherTraffic;
  readonly errors: ErrorCollector;
  readonly messages: SessionMessages;
  readonly freeze: Freeze | undefined;
  /** Ends the freeze. */
  readonly thaw: (() => void) | undefined;
  /** Stops catching traffic for this session. */
  readonly releaseTraffic: () => void;
}

/** One cassette in one attempt of one test, until it settles when the test ends. */
export class Session {
  readonly settings: SessionSettings;
  /** What the test asks for. */
  readonly run: Run;
  readonly requests: Requests;
  /** What it sends past the cassette. */
  readonly traffic: OtherTraffic;
  readonly #parts: SessionParts;
  #closing: Promise<void> | undefined;

  constructor(settings: SessionSettings, parts: SessionParts) {
    this.settings = settings;
    this.run = parts.run;
    this.requests = parts.requests;
    this.traffic = parts.traffic;
    this.#parts = parts;
  }

  get name(): string {
    return this.settings.name;
  }

  get mode(): Mode {
    return this.settings.options.mode;
  }

  get freeze(): Freeze | undefined {
    return this.#closing === undefined ? this.#parts.freeze : undefined;
  }

  get recording(): boolean {
    return this.#parts.records || this.run.timeline.isLive;
  }

  /** Everything on the tape, including what this session has recorded by now. */
  get entries(): readonly TapeEntry[] {
    const { timeline } = this.run;
    const added = timeline.finished();
    return added.length === 0 ? timeline.entries : mergeRecordings(timeline.entries, added);
  }

  /** The requests among them. */
  get interactions(): readonly Interaction[] {
    return Object.freeze(interactionsOf({ interactions: this.entries }));
  }

  get stats(): CassetteStats {
    return statsOf(this.run, this.requests.count);
  }

  /** What is on the tape and what this run did with it, worked out from both. */
  get manifest(): SessionManifest {
    const { played, recorded, missed, substituted, successRate } = this.stats;
    const { label, tape } = this.settings;
    return {
      id: this.name,
      test: label,
      started: this.run.timeline.host.recordsAll ? undefined : tape.old?.recorded?.at,
      ...summarizeTape(this.entries),
      played,
      recorded,
      missed: missed + substituted,
      successRate,
    };
  }

  /** Adds an error for the end of the test. */
  noteProblem(code: string, message: string): void {
    this.#parts.errors.add(new CassetteError(code, message));
  }

  /** Prints each warning once. */
  warn(message: string): void {
    this.#parts.errors.warn(message);
  }

  /**
   * Waits briefly until responses are complete, passes the recordings to the tape, and judges the run.
   *
   * @throws CassetteError or AggregateError with everything that the test must report
   */
  close(outcome: Outcome): Promise<void> {
    this.#closing ??= this.#close(outcome).finally(this.#parts.releaseTraffic);
    return this.#closing;
  }

  /** Undoes the opening of a session that got no request. */
  withdraw(): Promise<void> {
    this.#closing ??= this.settings.tape.release().then(this.#parts.releaseTraffic);
    this.#stop();
    return this.#closing;
  }

  /** Whether recordings that nothing asks for are dropped from the tape (`RECORD=update`). */
  get drops(): boolean {
    return this.#parts.records && this.run.timeline.host.updates;
  }

  /** Drops recordings that belong to no test. */
  drop(entries: readonly TapeEntry[]): void {
    const { tape, redactor, rules } = this.settings;
    const update = { unplayed: this.run.withContent(entries), revised: new Map(), played: () => false };
    tape.append("no test", { additions: [], update, failed: false, redactor, rules });
  }

  unplayedError(unplayed: readonly TapeEntry[], openedBy?: readonly string[]): CassetteError {
    return this.#parts.messages.unplayedError(unplayed, openedBy);
  }

  #stop(): void {
    scopeState().open.delete(this);
    this.run.stop();
    this.#parts.thaw?.();
  }

  async #close({ failed, reported = [] }: Outcome): Promise<void> {
    const { errors, messages } = this.#parts;
    this.#stop();
    await this.#handOver(failed);
    await this.#release();
    if (errors.isEmpty && !failed) this.#judge();
    const report = this.traffic.report(messages, failed, this.requests.count);
    for (const error of report.errors) errors.add(error);
    for (const warning of report.warnings) errors.warn(warning);
    const all = await errors.take(messages.recordCommand(this.run.timeline.tally.played > 0));
    throwAll(all.filter(({ message }) => !reported.includes(message)));
  }

  /** Hands over to the tape what was recorded. Behind the checkpoint of `liveAfter`, it may not be kept. */
  async #handOver(testFailed: boolean): Promise<void> {
    const { tape, contributor, label, redactor, rules } = this.settings;
    const { records, errors } = this.#parts;
    const { timeline } = this.run;
    try {
      await this.run.settle();
      for (const problem of this.requests.problems(testFailed)) errors.add(problem);
      const failed = testFailed || !errors.isEmpty;
      const recorded = records ? timeline.finished() : [];
      const additions = recorded.map(({ entry, after }) => ({
        after,
        entry: label === undefined ? entry : { ...entry, test: label },
      }));
      const changes = this.drops && !failed;
      const update: TapeUpdate = {
        unplayed: changes ? this.run.withContent(this.#mine) : [],
        revised: changes ? timeline.revised : new Map(),
        played: (entry) => timeline.played(entry) > 0,
      };
      tape.append(contributor, {
        additions,
        failed,
        redactor,
        rules,
        ...(timeline.host.updates ? { update } : {}),
      });
    } catch (error) {
      errors.add(writeError(this.settings, error));
    }
  }

  async #release(): Promise<void> {
    const { errors } = this.#parts;
    try {
      const saved = await this.settings.tape.release();
      const message = saved && savedMessage(saved, this.settings);
      if (message !== undefined) errors.warn(message);
    } catch (error) {
      errors.add(writeError(this.settings, error));
    }
  }

  /** What is unplayed and has to be played by this test: on a tape of several tests, what carries its label. */
  get #mine(): readonly TapeEntry[] {
    const { label } = this.settings;
    const { unplayed } = this.run;
    return label === undefined ? unplayed : unplayed.filter(({ test }) => test === label);
  }

  /** Judges what is unplayed. `RECORD=update` drops it. */
  #judge(): void {
    const { unplayed } = this.settings.options;
    const mine = this.drops || unplayed === "ignore" ? [] : this.#mine;
    if (mine.length === 0) return;
    const error = this.unplayedError(mine);
    if (unplayed === "error") this.#parts.errors.add(error);
    else this.warn(error.message);
  }
}
