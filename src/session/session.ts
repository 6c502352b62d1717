import type { Ancestry } from "../calls/ancestry.ts";
import { toolCallsIn } from "../calls/happened.ts";
import { Run } from "../calls/run.ts";
import type { StartedAddition, TimelineHost } from "../calls/timeline.ts";
import { CassetteError } from "../cassette/errors.ts";
import { isError } from "../cassette/is-error.ts";
import { type Interaction, interactionsOf, type RecordedRequest, type TapeEntry } from "../cassette/model.ts";
import { throwAll } from "../cassette/throw-all.ts";
import type { describeMiss, Miss } from "../diagnosis/describe-miss.ts";
import { summarizeMiss } from "../diagnosis/explain-miss.ts";
import type { MissFacts, MissReason } from "../diagnosis/miss-facts.ts";
import type { Freeze } from "../freeze/freeze.ts";
import { type Answer, ConnectionFailure, type Exchange, type RequestHead } from "../interception/exchange.ts";
import type { UnrecordedTraffic } from "../interception/unrecorded/unrecorded-traffic.ts";
import { type Decision, decide, type MatchState } from "../options/decide.ts";
import { CassetteRecordingRefusedError } from "../options/environment.ts";
import type { Mode } from "../options/options.ts";
import type { Match, RecordingQueue } from "../replay/recording-queue.ts";
import { Replay } from "../replay/replay.ts";
import { assertRealKey } from "./assert-real-key.ts";
import type { Bypassed } from "./bypassed.ts";
import { ErrorCollector } from "./error-collector.ts";
import { LiveRequests } from "./live-requests.ts";
import { type SessionManifest, summarizeTape } from "./manifest.ts";
import { mergeRecordings } from "./merge-recordings.ts";
import { OtherTraffic } from "./other-traffic.ts";
import { allowPage, allowPreflight, isPreflight } from "./page-requests.ts";
import { prepareToRecord } from "./prepare-to-record.ts";
import { Recorder } from "./recorder.ts";
import { refusal } from "./refusal.ts";
import { belongsOnTape } from "./request-filter.ts";
import { scopeState } from "./scope.ts";
import { type SessionMessages, savedMessage, writeError } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import type { CassetteStats } from "./stats.ts";

/** Codes of errors after which a request must not reach the provider. */
const MUST_NOT_BE_SENT: readonly string[] = ["CASSETTE_TAKEN", "CASSETTE_PLACEHOLDER_KEY"];

/** The test's outcome. */
export interface Outcome {
  readonly failed: boolean;
}

/** The start of a session: an open tape, and what follows from it. */
export interface SessionStart {
  /** Everything on the tape that may be played. */
  readonly entries: readonly TapeEntry[];
  readonly queue: RecordingQueue;
  readonly ancestry: Ancestry;
  readonly messages: SessionMessages;
  /** Whether requests may go to the live provider and onto the tape. */
  readonly records: boolean;
  /** Whether every request does. */
  readonly recordsAll: boolean;
  /** The checkpoint behind which everything goes live; `undefined` if nothing does. */
  readonly liveAfter: string | undefined;
  readonly freeze: Freeze | undefined;
  /** Ends the freeze. */
  readonly thaw: (() => void) | undefined;
  /** Stops catching traffic for this session. */
  readonly releaseTraffic: () => void;
}

/** One cassette in one attempt of one test: records, plays, and settles when the test ends. */
export class Session {
  readonly settings: SessionSettings;
  /** Requests that had no recording, including those that got another recording. */
  readonly misses: MissFacts[] = [];
  /** Its calls, steps and checkpoints. */
  readonly run: Run;
  readonly #start: SessionStart;
  readonly #queue: RecordingQueue;
  readonly #replay: Replay;
  readonly #requests: LiveRequests;
  readonly #errors: ErrorCollector;
  readonly #traffic: OtherTraffic;
  /** When the request was sent that played a recording first. */
  readonly #firstPlays = new Map<Interaction, number>();
  readonly #counts = { requests: 0, played: 0, recorded: 0, missed: 0, substituted: 0 };
  #recorder: Recorder | undefined;
  #closing: Promise<void> | undefined;

  constructor(settings: SessionSettings, start: SessionStart) {
    this.settings = settings;
    this.#start = start;
    this.#queue = start.queue;
    this.#replay = new Replay(settings.options);
    this.#requests = new LiveRequests((request) => settings.redactor.redactRequest(request));
    this.#traffic = new OtherTraffic(settings, start.records);
    this.#errors = new ErrorCollector(async (requests) => {
      const { findInOtherTapes } = await import("../diagnosis/find-in-other-tapes.ts");
      return findInOtherTapes(requests, settings.otherTapes, settings.rules);
    });
    const { calls } = settings.options;
    const { entries, ancestry, liveAfter } = start;
    this.run = new Run(entries, ancestry, this.#timelineHost(), { calls, liveAfter });
  }

  get name(): string {
    return this.settings.name;
  }

  get mode(): Mode {
    return this.settings.options.mode;
  }

  get freeze(): Freeze | undefined {
    return this.#closing === undefined ? this.#start.freeze : undefined;
  }

  get recording(): boolean {
    return this.#start.records || this.run.timeline.isLive;
  }

  /** The live requests of this run, without secrets. */
  get requests(): readonly RecordedRequest[] {
    return this.#requests.list;
  }

  /** The requests on the tape, including what this session has recorded by now. */
  get interactions(): readonly Interaction[] {
    return Object.freeze(interactionsOf({ interactions: this.entries }));
  }

  /** Everything on the tape, including what this session has recorded by now. */
  get entries(): readonly TapeEntry[] {
    const old = this.#start.entries;
    const added = inOrder(this.run.finished(), this.#recorder?.finished() ?? []);
    return added.length === 0 ? old : mergeRecordings(old, added, this.run.timeline.last !== undefined);
  }

  /** What this session has played or recorded by now, in the order of its requests. */
  get ownInteractions(): readonly Interaction[] {
    const played = [...this.#firstPlays].map(([entry, startedAt]) => ({
      entry,
      startedAt,
      after: undefined,
    }));
    const all = inOrder(played, this.#recorder?.finished() ?? []).map(({ entry }) => entry);
    return interactionsOf({ interactions: all });
  }

  /** What is on the tape and what this run did with it, worked out from both. */
  get manifest(): SessionManifest {
    const { requests, recorded, played, missed, substituted } = this.#counts;
    const { timeline, missed: missedInRun } = this.run;
    const added = this.run.finished().length;
    const done = played + recorded + timeline.timesPlayed + added;
    const asked = requests + timeline.timesPlayed + added + missedInRun;
    return {
      id: this.name,
      test: this.settings.label,
      started: this.#start.recordsAll ? undefined : this.settings.tape.old?.recorded?.at,
      ...summarizeTape(this.entries),
      played: played + timeline.timesPlayed,
      recorded: recorded + added,
      missed: missed + substituted + missedInRun,
      successRate: asked === 0 ? 1 : done / asked,
    };
  }

  get unplayed(): readonly Interaction[] {
    return this.#queue.unplayed;
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

  /** What this session let through, by a rule. */
  get bypassed(): readonly Bypassed[] {
    return this.#traffic.bypassed;
  }

  takes(head: RequestHead): boolean {
    return belongsOnTape(head, this.settings.options);
  }

  letThrough(head: RequestHead): ((error: unknown) => void) | undefined {
    return this.#traffic.letThrough(head);
  }

  noteUnrecorded(traffic: UnrecordedTraffic): void {
    this.#traffic.noteUnrecorded(traffic);
  }

  /** Answers one live request. If we fail, both the client and the test get to know. */
  async handle(exchange: Exchange): Promise<Answer> {
    if (!isPreflight(exchange)) return allowPage(exchange, await this.#answer(exchange));
    return this.#start.recordsAll ? this.#sendUnrecorded(exchange) : allowPreflight(exchange);
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    const body = await exchange.body();
    const { method, url, headers } = exchange;
    const live: RecordedRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    try {
      const request = this.#requests.add(live);
      this.#counts.requests++;
      this.run.timeline.happened.push(...toolCallsIn(body));
      if (this.run.timeline.isLive) return await this.#record(exchange, request());
      const match = this.#queue.match(live, this.settings.options.order, request);
      return await this.#carryOut(
        this.#decide(match.state, match.found.sameEndpoint.length > 0),
        match,
        exchange,
        live,
        request,
      );
    } catch (error) {
      this.#errors.add(asError(error));
      // If recording fails, the client still gets its response.
      const isOurs = !(error instanceof CassetteError && MUST_NOT_BE_SENT.includes(error.code));
      if (this.#start.recordsAll && isOurs) return this.#sendUnrecorded(exchange);
      return refusal(exchange, "cassette_error", asError(error).message);
    }
  }

  /** Adds an error for the end of the test. */
  noteProblem(code: string, message: string): void {
    this.#errors.add(new CassetteError(code, message));
  }

  /** Prints each warning once. */
  warn(message: string): void {
    if (!this.#errors.isNews(message)) return;
    console.warn(`[vitest-cassette] ${this.settings.redactor.redactText(message)}`);
  }

  /**
   * Waits briefly until responses are complete, passes the recordings to the tape, and judges the run.
   *
   * @throws CassetteError or AggregateError with everything that the test must report
   */
  close(outcome: Outcome): Promise<void> {
    this.#closing ??= this.#close(outcome).finally(this.#start.releaseTraffic);
    return this.#closing;
  }

  /** Undoes the opening of a session that got no request. */
  withdraw(): Promise<void> {
    this.#closing ??= this.settings.tape.release().then(this.#start.releaseTraffic);
    this.#stop();
    return this.#closing;
  }

  /** Returns whether the recording was played, or another one of the same request. */
  wasAsked(interaction: Interaction): boolean {
    return this.#queue.wasAsked(interaction);
  }

  unplayedError(unplayed: readonly TapeEntry[], openedBy?: readonly string[]): CassetteError {
    return this.#start.messages.unplayedError(unplayed, openedBy);
  }

  #stop(): void {
    scopeState().open.delete(this);
    this.run.stop();
    this.#start.thaw?.();
    this.#replay.close();
  }

  async #close({ failed }: Outcome): Promise<void> {
    this.#stop();
    await this.#append(failed);
    await this.#release();
    const { faultProblem } = this.#replay;
    if (faultProblem !== undefined && !failed) this.noteProblem("CASSETTE_FAULT", faultProblem);
    if (this.#errors.isEmpty && !failed && !this.#start.recordsAll) this.#judgeUnplayed();
    const { errors, warnings } = this.#traffic.report(this.#start.messages, failed, this.#counts.requests);
    for (const error of errors) this.#errors.add(error);
    for (const warning of warnings) this.warn(warning);
    throwAll(await this.#errors.take());
  }

  async #append(failed: boolean): Promise<void> {
    const { tape, contributor, label, redactor, rules } = this.settings;
    const recorder = this.#recorder;
    try {
      const settled = inOrder(await this.run.settle(), (await recorder?.settle()) ?? []);
      // Behind the checkpoint of `liveAfter`, requests go live without being kept.
      if (!this.#start.records || settled.length === 0) return;
      for (const request of recorder?.overflowed ?? [])
        this.#errors.add(this.#start.messages.tooLarge(request));
      const additions = settled.map(({ entry, after }) => ({
        after,
        entry: label === undefined ? entry : { ...entry, test: label },
      }));
      tape.append(contributor, {
        additions,
        playedAny: this.run.timeline.last !== undefined,
        failed: failed || !this.#errors.isEmpty,
        redactor,
        rules,
      });
    } catch (error) {
      this.#errors.add(writeError(this.settings, error));
    }
  }

  async #release(): Promise<void> {
    try {
      const saved = await this.settings.tape.release();
      const message = saved && savedMessage(saved, this.settings);
      if (message !== undefined) this.warn(message);
    } catch (error) {
      this.#errors.add(writeError(this.settings, error));
    }
  }

  /** On a tape of several tests, this one has to play what carries its label. */
  #judgeUnplayed(): void {
    const { options, label } = this.settings;
    if (options.unplayed === "ignore") return;
    const unplayed = [...this.unplayed, ...this.run.unplayed];
    const mine = label === undefined ? unplayed : unplayed.filter(({ test }) => test === label);
    if (mine.length === 0) return;
    const error = this.unplayedError(mine);
    if (options.unplayed === "error") this.#errors.add(error);
    else this.warn(error.message);
  }

  #timelineHost(): TimelineHost {
    const { tape, label, options, redactor } = this.settings;
    return {
      shownFile: tape.shownFile,
      label,
      mode: options.mode,
      pacing: options.pacing,
      redactor,
      rules: this.settings.rules,
      recordsAll: this.#start.recordsAll,
      decide: (match, candidate) => this.#decide(match, candidate),
      beginRecording: (startedAt) => {
        if (this.#start.records) tape.assertOwn();
        return tape.begin(startedAt);
      },
      addError: (error) => this.#errors.add(error),
      warn: (message) => this.warn(message),
      recordCommand: () => this.settings.recordCommand([]),
    };
  }

  #decide(match: MatchState, candidate: boolean): Decision {
    const { environment, options, tape } = this.settings;
    const { records, recordsAll, liveAfter } = this.#start;
    // With a kept part, RECORD=1 only adds to it.
    const adds = environment.record === "new" || liveAfter !== undefined;
    return decide({
      record: recordsAll ? "all" : records && adds ? "new" : "off",
      recordingRefused: environment.recordingRefused,
      mode: this.mode === "hybrid" && !records ? "strict" : this.mode,
      match,
      candidate,
      tape: tape.exists ? "present" : "missing",
      repeat: options.repeat,
      order: options.order,
    });
  }

  async #carryOut(
    decision: Decision,
    match: Match,
    exchange: Exchange,
    live: RecordedRequest,
    request: () => RecordedRequest,
  ): Promise<Answer> {
    switch (decision.kind) {
      case "play":
      case "repeat":
        this.#counts.played++;
        return this.#play(match.recording as Interaction, exchange, match);
      case "record":
        this.settings.tape.assertOwn();
        assertRealKey(live);
        this.#counts.recorded++;
        return this.#record(exchange, request());
      case "substitute": {
        this.#counts.substituted++;
        const substitute = match.found.sameEndpoint[0] as Interaction;
        const { describeMiss } = await import("../diagnosis/describe-miss.ts");
        const miss = this.#miss(describeMiss, match, live, decision.reason);
        const text = this.#errors.substituted(miss.facts);
        if (text !== undefined) this.warn(text);
        return this.#play(miss.substitute ?? substitute, exchange);
      }
      case "miss": {
        this.#counts.missed++;
        const { describeMiss } = await import("../diagnosis/describe-miss.ts");
        const { facts } = this.#miss(describeMiss, match, live, decision.reason);
        this.#errors.addMiss(facts, live, exchange.stack);
        return refusal(exchange, "cassette_miss", `Failed to play: ${summarizeMiss(facts)}`);
      }
      case "refuse":
        throw new CassetteRecordingRefusedError();
    }
  }

  #record(exchange: Exchange, request: RecordedRequest): Promise<Answer> {
    const { options, redactor, tape } = this.settings;
    this.#recorder ??= new Recorder({
      maxBytes: options.maxBytes,
      redactor,
      prepare: prepareToRecord,
      begin: (sentAt) => tape.begin(sentAt),
    });
    const { last, parent } = this.run.timeline;
    return this.#recorder.record(exchange, request, last, parent);
  }

  #miss(describe: typeof describeMiss, match: Match, live: RecordedRequest, reason: MissReason): Miss {
    const expectedNext = reason === "out-of-order" ? this.unplayed[0] : undefined;
    const miss = this.#start.messages.miss(describe, live, match.found, {
      reason,
      played: (recording) => this.#queue.played(recording),
      expectedNext,
    });
    this.misses.push(miss.facts);
    return miss;
  }

  async #play(recording: Interaction, exchange: Exchange, match?: Match): Promise<Answer> {
    this.#queue.play(recording, match?.secrets);
    if (!this.#firstPlays.has(recording)) this.#firstPlays.set(recording, exchange.sentAt);
    this.run.timeline.last = recording;
    const onExhausted = (): ConnectionFailure => {
      const message = this.#start.messages.exhausted(recording);
      this.noteProblem("CASSETTE_RECORDING_ENDS", message);
      return new ConnectionFailure({ message });
    };
    const response = this.settings.redactor.restore(recording.response);
    const answer = await this.#replay.play({ ...recording, response }, exchange, onExhausted);
    if (answer.kind === "fail" && response.error !== undefined) {
      answer.failure.cause = this.#start.messages.recordedFailure(response.error);
    }
    return answer;
  }

  async #sendUnrecorded(exchange: Exchange): Promise<Answer> {
    try {
      return { kind: "respond", response: await exchange.send(exchange.signal) };
    } catch (error) {
      if (error instanceof ConnectionFailure) return { kind: "fail", failure: error };
      throw error;
    }
  }
}

/** Of two that began at the same time, a call comes before the request that it sends. */
function inOrder(
  first: readonly StartedAddition[],
  second: readonly StartedAddition[],
): readonly StartedAddition[] {
  return [...first, ...second].sort((a, b) => a.startedAt - b.startedAt);
}

function asError(error: unknown): Error {
  return isError(error) ? error : new Error(String(error));
}
