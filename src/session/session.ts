import type { Run } from "../calls/run.ts";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import type { Later } from "../cassette/later.ts";
import { type Interaction, interactionsOf, type TapeEntry } from "../cassette/model.ts";
import { throwAll } from "../cassette/throw-all.ts";
import type { OtelOutput } from "../events/otel/otel-output.ts";
import type { Freeze } from "../freeze/freeze.ts";
import { now } from "../http/real-clock.ts";
import type { Mode } from "../options/options.ts";
import type { Processes } from "../processes/processes.ts";
import type { ErrorCollector } from "./error-collector.ts";
import { type SessionManifest, summarizeTape } from "./manifest.ts";
import { mergeRecordings } from "./merge-recordings.ts";
import type { OtherTraffic } from "./other-traffic.ts";
import type { Requests } from "./requests.ts";
import { savedMessage, writeError } from "./saved-message.ts";
import { scopeState, warnOnce } from "./scope.ts";
import type { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { type CassetteStats, type Overhead, statsOf } from "./stats.ts";

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
  readonly processes: Later<Processes>;
  readonly traffic: OtherTraffic;
  readonly errors: ErrorCollector;
  readonly overhead: Overhead;
  readonly messages: SessionMessages;
  readonly freeze: Freeze | undefined;
  /** Sends the events to OpenTelemetry. */
  readonly otel: OtelOutput | undefined;
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
  readonly processes: Later<Processes>;
  /** What it sends past the cassette. */
  readonly traffic: OtherTraffic;
  readonly #parts: SessionParts;
  #closing: Promise<void> | undefined;

  constructor(settings: SessionSettings, parts: SessionParts) {
    this.settings = settings;
    this.run = parts.run;
    this.requests = parts.requests;
    this.processes = parts.processes;
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
    return statsOf(this.run, {
      requests: this.requests.live.count,
      bytesRecorded: this.requests.bytesRecorded,
      overhead: this.#parts.overhead.milliseconds,
    });
  }

  /** The requests on the tape that were played, by their positions from 0; several times if played as often. */
  get playedPositions(): readonly number[] {
    const { timeline } = this.run;
    return timeline.entries
      .filter(({ kind }) => kind === "request")
      .flatMap((each, position) => Array<number>(timeline.played(each)).fill(position));
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

  unplayedError(unplayed: readonly TapeEntry[], openedBy?: readonly string[]): CassetteError {
    return this.#parts.messages.unplayedError(unplayed, openedBy);
  }

  #stop(): void {
    scopeState().open.delete(this);
    this.run.stop();
    this.#parts.thaw?.();
  }

  async #close({ failed, reported = [] }: Outcome): Promise<void> {
    const { errors, messages, overhead } = this.#parts;
    this.#stop();
    let settledAt = now();
    await this.#try(async () => {
      await this.run.settle();
      settledAt = now();
      for (const problem of this.requests.problems(failed)) errors.add(problem);
      this.#handOver(failed || !errors.isEmpty);
    });
    await this.#try(async () => {
      const saved = await this.settings.tape.release();
      const message = saved && savedMessage(saved, this.settings);
      if (message !== undefined) errors.warn(message);
    });
    if (errors.isEmpty && !failed) this.#judge();
    // A test that waits for a process which waits for the test runs out of time.
    if (failed) for (const { message } of this.#unfinishedProcesses()) errors.warn(message);
    const report = this.traffic.report(messages, failed, this.requests.live.count);
    for (const error of report.errors) errors.add(error);
    for (const warning of report.warnings) errors.warn(warning);
    const { bus } = this.run.timeline.events;
    const listeners = bus.problems;
    for (const error of listeners.errors) errors.add(error);
    for (const warning of listeners.warnings) errors.warn(warning);
    bus.end(failed || !errors.isEmpty);
    try {
      const problem = this.#parts.otel?.flush();
      if (problem !== undefined) warnOnce(problem);
    } catch (error) {
      errors.add(asError(error));
    }
    const all = errors.take(() => messages.recordCommand(this.run.timeline.tally.played > 0));
    overhead.since(settledAt);
    throwAll(all.filter(({ message }) => !reported.includes(message)));
  }

  /** Whether recordings that nothing asks for are dropped (`RECORD=update`). */
  get drops(): boolean {
    return this.#parts.records && this.run.timeline.host.updates;
  }

  /** Drops recordings that belong to no test. */
  drop(entries: readonly TapeEntry[]): void {
    const { tape, redactor, rules } = this.settings;
    const update = { unplayed: this.run.withContent(entries), revised: new Map(), played: () => false };
    tape.append("no test", { additions: [], update, failed: false, redactor, rules });
  }

  /** What is unplayed and has to be played by this test: on a tape of several tests, what carries its label. */
  get #ownUnplayed(): readonly TapeEntry[] {
    const { label } = this.settings;
    const { unplayed } = this.run;
    return label === undefined ? unplayed : unplayed.filter(({ test }) => test === label);
  }

  /** Hands over what was recorded, and under `RECORD=update` what the run means for old recordings. */
  #handOver(failed: boolean): void {
    const { tape, contributor, label, redactor, rules } = this.settings;
    const { timeline } = this.run;
    // Behind the checkpoint of `liveAfter`, what goes live may not be recorded.
    const recorded = this.#parts.records ? timeline.finished() : [];
    const additions = recorded.map(({ entry, after }) => ({
      after,
      entry: label === undefined ? entry : { ...entry, test: label },
    }));
    const changes = this.drops && !failed;
    const update = {
      unplayed: changes ? this.run.withContent(this.#ownUnplayed) : [],
      revised: changes ? timeline.revised : new Map(),
      played: (entry: TapeEntry) => timeline.played(entry) > 0,
    };
    const { updates } = timeline.host;
    tape.append(contributor, { additions, failed, redactor, rules, update: updates ? update : undefined });
  }

  #unfinishedProcesses(): readonly CassetteError[] {
    return this.processes.made?.unfinished() ?? [];
  }

  async #try(body: () => Promise<void>): Promise<void> {
    try {
      await body();
    } catch (error) {
      this.#parts.errors.add(writeError(this.settings, error));
    }
  }

  /** Judges what is unplayed. `RECORD=update` drops it. */
  #judge(): void {
    const { unplayed } = this.settings.options;
    if (unplayed === "ignore") return;
    const mine = this.drops ? [] : this.#ownUnplayed;
    const errors = [...(mine.length === 0 ? [] : [this.unplayedError(mine)]), ...this.#unfinishedProcesses()];
    for (const error of errors) {
      if (unplayed === "error") this.#parts.errors.add(error);
      else this.warn(error.message);
    }
  }
}
