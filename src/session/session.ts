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
import type { Overhead } from "./overhead.ts";
import type { Requests } from "./requests.ts";
import { writeError } from "./saved-message.ts";
import { scopeState } from "./scope.ts";
import type { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import { type CassetteStats, statsOf } from "./stats.ts";
import { TapeUse } from "./tape-use.ts";
import { warnOnce } from "./warn-once.ts";

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
  readonly tapeUse: TapeUse;
  readonly #parts: SessionParts;
  #closing: Promise<void> | undefined;

  constructor(settings: SessionSettings, parts: SessionParts) {
    this.settings = settings;
    this.run = parts.run;
    this.requests = parts.requests;
    this.processes = parts.processes;
    this.traffic = parts.traffic;
    this.tapeUse = new TapeUse(settings, parts.run, parts.records);
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
      this.tapeUse.handOver(failed || !errors.isEmpty);
    });
    await this.#try(async () => {
      const message = await this.tapeUse.release();
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
    const mine = this.tapeUse.drops ? [] : this.tapeUse.unplayed;
    const errors = [...(mine.length === 0 ? [] : [this.unplayedError(mine)]), ...this.#unfinishedProcesses()];
    for (const error of errors) {
      if (unplayed === "error") this.#parts.errors.add(error);
      else this.warn(error.message);
    }
  }
}
