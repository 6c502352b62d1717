import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import type { Frozen, Interaction, RecordedRequest } from "../cassette/model.ts";
import type { Miss } from "../diagnosis/describe-miss.ts";
import { summarizeMiss } from "../diagnosis/explain-miss.ts";
import { findElsewhere } from "../diagnosis/find-in-other-tapes.ts";
import type { MissFacts, MissReason } from "../diagnosis/miss-facts.ts";
import type { CassetteUnplayedError } from "../diagnosis/unplayed-error.ts";
import { holdFreeze, markSequences, rewindSequences } from "../freeze/freeze.ts";
import { chooseFrozen, neverFrozen } from "../freeze/freeze-seed.ts";
import { wallClock } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange, type RequestHead } from "../interception/exchange.ts";
import { holdInterception } from "../interception/install.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import { type Decision, decide } from "../options/decide.ts";
import { CassetteRecordingRefusedError } from "../options/environment.ts";
import type { Chunks, Mode } from "../options/options.ts";
import { faultNotRecorded } from "../replay/inject-fault.ts";
import { Player } from "../replay/player.ts";
import { Grievances, throwAll } from "./error-collector.ts";
import { unfinishedChunking } from "./every-chunking-error.ts";
import { keepRecording } from "./keep-recording.ts";
import { mergeRecordings } from "./merge.ts";
import { type Match, Playback } from "./playback.ts";
import { Recorder } from "./recorder.ts";
import { refusal } from "./refusal.ts";
import { belongsOnTape } from "./request-filter.ts";
import type { Rerun } from "./rerun.ts";
import { type Freeze, type Scope, scopeState } from "./scope.ts";
import { TapeWords } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import type { CassetteStats } from "./stats.ts";
import type { OpenedTape } from "./tape-store.ts";

/** What the test that a session belongs to came to. */
export interface Outcome {
  readonly failed: boolean;
}

/** One cassette for one test: records, plays, and settles when the test ends. */
export class Session {
  readonly settings: SessionSettings;
  /** The live requests of this run as they were sent, without secrets. */
  readonly requests: RecordedRequest[] = [];
  /** Requests that had no recording, those included that another recording was played for. */
  readonly misses: MissFacts[] = [];
  readonly #opened: OpenedTape;
  readonly #startedAt = new Date(wallClock()).toISOString();
  readonly #grievances = new Grievances((requests) => findElsewhere(requests, this.settings));
  readonly #playback: Playback;
  /** How answers are cut in the part of a test that is being played again. */
  #rerunning: Chunks | undefined;
  readonly #player: Player;
  readonly #words: TapeWords;
  readonly #recordsAll: boolean;
  readonly #counts = { requests: 0, played: 0, recorded: 0, missed: 0, substituted: 0 };
  #recorder: Recorder | undefined;
  #closing: Promise<void> | undefined;
  readonly #thaw: (() => void) | undefined;
  readonly #releaseTraffic: () => void;
  readonly #frozen: Frozen | undefined;
  readonly #freeze: Freeze | undefined;

  /**
   * Opens the tape.
   *
   * @throws CassetteError for a tape that cannot be read or is too old
   */
  constructor(settings: SessionSettings) {
    this.settings = settings;
    const { options, environment, shelf, rules } = settings;
    this.#opened = shelf.open(settings);
    this.#recordsAll = environment.record === "all" || this.#opened.recordAnew;
    for (const warning of this.#opened.warnings) this.warn(warning);
    const index = RecordingIndex.over(this.#playing(), rules);
    this.#playback = new Playback(index, settings.label);
    this.#player = new Player(options);
    this.#words = new TapeWords(settings, index);
    if (options.freeze !== undefined) {
      const begins = this.#recordsAll || (this.recording && this.#opened.tape === undefined);
      const startedAt = this.#startedAt;
      this.#frozen = chooseFrozen({ settings, opened: this.#opened, begins, startedAt });
      if (this.#frozen !== undefined) {
        const { time, seed } = this.#frozen;
        this.#freeze = { parts: options.freeze, time: Date.parse(time), seed };
        this.#thaw = holdFreeze(this);
      } else if (this.#opened.tape !== undefined) {
        this.warn(neverFrozen(settings));
      }
    }
    scopeState().open.add(this);
    this.#releaseTraffic = holdInterception();
  }

  get name(): string {
    return this.settings.name;
  }

  get mode(): Mode {
    return this.settings.options.mode;
  }

  get freeze(): Freeze | undefined {
    return scopeState().open.has(this) ? this.#freeze : undefined;
  }

  /** Whether requests may go to the live provider and onto the tape. */
  get recording(): boolean {
    const { environment } = this.settings;
    if (environment.recordingRefused) return false;
    return this.#recordsAll || environment.record === "new" || this.mode === "hybrid";
  }

  /** All that is on the tape, with what this session has recorded by now. */
  get interactions(): readonly Interaction[] {
    const old = this.#playing();
    const added = this.#recorder?.finished() ?? [];
    return added.length === 0 ? old : mergeRecordings(old, added, this.#playback.length > 0);
  }

  /** Of a tape that several tests have recorded into, what is this test's; all, where nothing on it is. */
  get ownInteractions(): readonly Interaction[] {
    const { label } = this.settings;
    const all = this.interactions;
    const hasOwn = this.#recorder !== undefined || all.some(({ test }) => test === label);
    if (label === undefined || !hasOwn) return all;
    return all.filter(({ test }) => test === undefined || test === label);
  }

  get unplayed(): readonly Interaction[] {
    return this.#playback.unplayed;
  }

  get stats(): CassetteStats {
    const { requests, played, recorded, missed, substituted } = this.#counts;
    return {
      requests,
      played,
      recorded,
      missed,
      substituted,
      live: recorded,
      unplayed: this.unplayed.length,
      successRate: requests === 0 ? 1 : (played + recorded) / requests,
    };
  }

  get rerun(): Rerun {
    return {
      mark: () => ({ played: this.#playback.length, sequences: markSequences(this) }),
      from: ({ played, sequences }, chunks) => {
        this.#playback.rewind(played);
        rewindSequences(this, sequences);
        this.#player.cut(chunks);
        this.#rerunning = chunks;
      },
      warn: (message) => this.warn(message),
    };
  }

  takes(head: RequestHead): boolean {
    return belongsOnTape(head, this.settings.options);
  }

  /** Answers one live request. What goes wrong on our side is told to the client and to the test. */
  async handle(exchange: Exchange): Promise<Answer> {
    const body = await exchange.body();
    const { method, url, headers } = exchange;
    const live: RecordedRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    try {
      const request = this.settings.redactor.redactRequest(live);
      this.requests.push(request);
      this.#counts.requests++;
      const match = this.#playback.match(live, this.settings.options.order, () => request);
      return await this.#carryOut(this.#decide(match), match, exchange, live, request);
    } catch (error) {
      this.#grievances.note(asError(error));
      // What went wrong on our side while recording is no reason to keep the answer from the client.
      if (this.#recordsAll) return this.#sendUntaped(exchange);
      return refusal(exchange, "cassette_error", asError(error).message);
    }
  }

  /** Adds to what the test is told at its end. */
  noteProblem(code: string, message: string): void {
    this.#grievances.note(new CassetteError(code, message));
  }

  /** Prints a warning, once for each text. */
  warn(message: string): void {
    if (!this.#grievances.isNews(message)) return;
    console.warn(`[vitest-cassette] ${this.settings.redactor.redactText(message)}`);
  }

  /**
   * Tells the test of `scope` what went wrong with its own requests, while the session stays open for others.
   *
   * @throws CassetteError or AggregateError
   */
  report(scope: Scope): void {
    throwAll(this.#grievances.take((each) => each === scope));
  }

  /** Takes back what an attempt of a test has played and recorded, where the tape outlives it: the next one starts anew. */
  forget(attempt: Scope): void {
    this.#playback.forget(attempt);
    this.#recorder?.forget(attempt);
  }

  /**
   * Settles what is still on its way, writes what was recorded, and judges the run. Bounded in time.
   *
   * @throws CassetteError or AggregateError for what the test has to be told
   */
  close(outcome: Outcome): Promise<void> {
    this.#closing ??= this.#close(outcome).finally(this.#releaseTraffic);
    return this.#closing;
  }

  /** Undoes the opening of a session that nothing was asked of. */
  withdraw(): void {
    scopeState().open.delete(this);
    this.#thaw?.();
    this.#releaseTraffic();
    this.#closing = Promise.resolve();
  }

  async #close(outcome: Outcome): Promise<void> {
    scopeState().open.delete(this);
    this.#thaw?.();
    if (this.#rerunning !== undefined) {
      this.noteProblem("CASSETTE_CHUNKING_UNFINISHED", unfinishedChunking(this.#rerunning));
    }
    this.#player.close();
    await this.#save(outcome);
    const { faultProblem } = this.#player;
    if (faultProblem !== undefined && !outcome.failed) this.noteProblem("CASSETTE_FAULT", faultProblem);
    const errors = this.#grievances.take(() => true);
    if (errors.length === 0 && !outcome.failed && !this.#recordsAll) errors.push(...this.#judgeUnplayed());
    throwAll(errors);
  }

  async #save({ failed }: Outcome): Promise<void> {
    if (this.#recorder === undefined) {
      if (this.#recordsAll && this.#opened.exists) {
        this.warn(
          `Nothing was recorded: the test sent no request. The old tape ${this.settings.shownFile} stays.`,
        );
      }
      return;
    }
    const { kept, problems } = await keepRecording(this.settings, {
      recorder: this.#recorder,
      how: this.#recordsAll ? "replace" : "add",
      base: this.#opened.tape,
      playedAny: this.#playback.length > 0,
      startedAt: this.#startedAt,
      frozen: this.#frozen,
      failed,
    });
    if (kept !== undefined) this.warn(kept);
    for (const problem of problems) this.#grievances.note(problem);
  }

  #judgeUnplayed(): readonly Error[] {
    const { options, label, judgeUnlabelled } = this.settings;
    if (options.unplayed === "ignore") return [];
    const mine =
      judgeUnlabelled === undefined ? this.unplayed : this.unplayed.filter(({ test }) => test === label);
    const others = judgeUnlabelled?.(this) ?? [];
    if (mine.length === 0) return others;
    const error = this.unplayedError(mine);
    if (options.unplayed === "error") return [error, ...others];
    this.warn(error.message);
    return others;
  }

  /** Whether another recording of the same request was played. */
  repeats(interaction: Interaction): boolean {
    return this.#playback.wasAsked(interaction);
  }

  unplayedError(unplayed: readonly Interaction[], openedBy?: readonly string[]): CassetteUnplayedError {
    return this.#words.unplayedError(unplayed, openedBy);
  }

  #playing(): readonly Interaction[] {
    return this.#recordsAll ? NOTHING : (this.#opened.tape?.interactions ?? NOTHING);
  }

  #decide(match: Match): Decision {
    const { environment, options } = this.settings;
    return decide({
      record: this.#recordsAll ? "all" : environment.record,
      recordingRefused: environment.recordingRefused,
      mode: this.mode,
      match: match.state,
      candidate: match.found.sameEndpoint.length > 0,
      tape: this.#opened.exists ? "present" : "missing",
      repeat: options.repeat,
      order: options.order,
    });
  }

  async #carryOut(
    decision: Decision,
    match: Match,
    exchange: Exchange,
    live: RecordedRequest,
    request: RecordedRequest,
  ): Promise<Answer> {
    switch (decision.kind) {
      case "play":
      case "repeat":
        this.#counts.played++;
        return this.#play(match.recording as Interaction, exchange, match);
      case "record":
        if (this.settings.options.fault !== undefined) this.warn(faultNotRecorded(this.name));
        this.#counts.recorded++;
        this.#recorder ??= new Recorder(this.settings.options.maxBytes, this.settings.redactor);
        return this.#recorder.record(exchange, request, this.#playback.last);
      case "substitute": {
        const { facts, substitute } = this.#miss(match, live, decision.reason);
        this.#counts.substituted++;
        const text = this.#grievances.substituted(facts);
        if (text !== undefined) this.warn(text);
        return this.#play(substitute ?? (match.found.sameEndpoint[0] as Interaction), exchange);
      }
      case "miss": {
        this.#counts.missed++;
        const { facts } = this.#miss(match, live, decision.reason);
        this.#grievances.missed(facts, live, exchange.stack);
        return refusal(exchange, "cassette_miss", `Failed to play: ${summarizeMiss(facts)}`);
      }
      case "refuse":
        throw new CassetteRecordingRefusedError();
    }
  }

  #miss(match: Match, live: RecordedRequest, reason: MissReason): Miss {
    const miss = this.#words.miss(live, match.found, {
      reason,
      played: (recording) => this.#playback.played(recording),
      expectedNext: reason === "out-of-order" ? this.unplayed[0] : undefined,
    });
    this.misses.push(miss.facts);
    return miss;
  }

  #play(recording: Interaction, exchange: Exchange, match?: Match): Promise<Answer> {
    this.#playback.play(recording, match?.secrets);
    const onExhausted = (): ConnectionFailure => {
      const message = this.#words.exhausted(recording);
      this.noteProblem("CASSETTE_RECORDING_ENDS", message);
      return new ConnectionFailure({ message });
    };
    const response = this.settings.redactor.restore(recording.response);
    return this.#player.play({ ...recording, response }, exchange, onExhausted);
  }

  async #sendUntaped(exchange: Exchange): Promise<Answer> {
    try {
      return { kind: "respond", response: await exchange.send(exchange.signal) };
    } catch (error) {
      if (error instanceof ConnectionFailure) return { kind: "fail", failure: error };
      throw error;
    }
  }
}

const NOTHING: readonly Interaction[] = [];

function asError(error: unknown): Error {
  return isError(error) ? error : new Error(String(error));
}
