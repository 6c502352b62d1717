import { CassetteError } from "../cassette/errors.ts";
import type { Interaction, RecordedRequest, Tape } from "../cassette/model.ts";
import { Playhead } from "../cassette/playhead.ts";
import { type Answer, ConnectionFailure, type Exchange, type RequestHead } from "../interception/exchange.ts";
import { CassetteMissError, type Miss, missWarning } from "../matching/explain.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import { type Decision, decide } from "../modes/decide.ts";
import { type Environment, whyNotRecording } from "../modes/environment.ts";
import type { Mode, ResolvedOptions } from "../modes/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { matchState, type Match } from "./match-state.ts";
import { mergeRecordings } from "./merge.ts";
import { Recorder } from "./recorder.ts";
import { refusal } from "./refusal.ts";
import { replay } from "./replay.ts";
import type { CassetteStats } from "./stats.ts";
import type { TapeShelf } from "./tape-shelf.ts";
import { belongsOnTape } from "./which-requests.ts";

/** All that a session needs to know; none of it changes while it is open. */
export interface SessionSettings {
  readonly name: string;
  /** Absolute path of the tape. */
  readonly file: string;
  /** The tape's path as messages show it: relative to the project, with `/`. */
  readonly shownFile: string;
  readonly options: ResolvedOptions;
  readonly environment: Environment;
  readonly redactor: Redactor;
  readonly shelf: TapeShelf;
  /** The command that records this cassette, for messages. */
  readonly recordCommand: string;
  /** Who records: what one owner has recorded is replaced by its next attempt, others' is kept. */
  readonly owner: string;
}

/** What the test that a session belongs to came to. */
export interface Outcome {
  readonly failed: boolean;
}

/** One cassette for one test: records, plays, and settles when the test ends. */
export class Session {
  readonly settings: SessionSettings;
  /** The tape as it was when the session opened; `undefined` for none. */
  readonly tape: Tape | undefined;
  /** The live requests of this run as they were sent, without secrets. */
  readonly requests: RecordedRequest[] = [];
  readonly misses: Miss[] = [];
  /** What the test has to be told at its end, besides misses and unplayed recordings. */
  readonly #problems: Error[] = [];
  readonly #warned = new Set<string>();
  readonly #playhead: Playhead;
  readonly #index: RecordingIndex;
  #recorder: Recorder | undefined;
  #lastPlayed: Interaction | undefined;
  #recordsAll: boolean;
  #recorded: readonly Interaction[] = [];
  readonly #counts = { played: 0, substituted: 0 };
  #closing: Promise<void> | undefined;

  constructor(settings: SessionSettings) {
    this.settings = settings;
    const { options, environment, shelf, redactor } = settings;
    const opened = shelf.open(settings);
    this.tape = opened.tape;
    this.#recordsAll = environment.record === "all" || opened.recordAnew;
    for (const warning of opened.warnings) this.warn(warning);
    const interactions = this.#recordsAll ? [] : (this.tape?.interactions ?? []);
    this.#playhead = new Playhead(interactions);
    this.#index = RecordingIndex.over(interactions, options.match, redactor);
  }

  get name(): string {
    return this.settings.name;
  }

  get mode(): Mode {
    return this.settings.options.mode;
  }

  /** Whether requests may go to the live provider and onto the tape. */
  get recording(): boolean {
    const { environment } = this.settings;
    if (environment.recordingRefused) return false;
    return this.#recordsAll || environment.record === "new" || this.mode === "hybrid";
  }

  /** All that is on the tape, and once the session has settled all that it has recorded. */
  get interactions(): readonly Interaction[] {
    return this.#recorded.length > 0 || this.#recordsAll ? this.#recorded : (this.tape?.interactions ?? []);
  }

  get unplayed(): readonly Interaction[] {
    return this.#playhead.unplayed();
  }

  get stats(): CassetteStats {
    const { played, substituted } = this.#counts;
    const requests = this.requests.length;
    const recorded = this.#recorder?.size ?? 0;
    const missed = this.misses.length - substituted;
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

  takes(head: RequestHead): boolean {
    return belongsOnTape(head, this.settings.options);
  }

  /** Answers one live request. Never rejects for a reason of ours without telling the test. */
  async handle(exchange: Exchange): Promise<Answer> {
    const body = await exchange.body();
    let request: RecordedRequest;
    let decision: Decision;
    let match: Match;
    try {
      const { method, url, headers } = exchange;
      const live = { method, url, headers, ...(body === undefined ? {} : { body }) };
      request = this.settings.redactor.redactRequest(live);
      this.requests.push(request);
      match = matchState(this.#index, this.#playhead, live, this.settings.options);
      decision = this.#decide(match);
    } catch (error) {
      this.#problems.push(asError(error));
      return refusal(exchange, "cassette_error", asError(error).message);
    }
    return this.#carryOut(decision, match, exchange, request);
  }

  /** Adds to what the test is told at its end. */
  noteProblem(code: string, message: string): void {
    this.#problems.push(new CassetteError(code, message));
  }

  /** Prints a warning, once for each text. */
  warn(message: string): void {
    if (this.#warned.has(message)) return;
    this.#warned.add(message);
    console.warn(`[vitest-cassette] ${this.settings.redactor.redactText(message)}`);
  }

  /**
   * Settles what is still on its way, writes what was recorded, and judges the run. Bounded in time.
   *
   * @throws CassetteError or AggregateError for what the test has to be told
   */
  close(outcome: Outcome): Promise<void> {
    this.#closing ??= this.#close(outcome);
    return this.#closing;
  }

  #decide(match: Match): Decision {
    const { environment, options } = this.settings;
    return decide({
      record: this.#recordsAll ? "all" : environment.record,
      recordingRefused: environment.recordingRefused,
      mode: this.mode,
      match: match.state,
      candidate: match.candidates.length > 0,
      tape: this.tape === undefined ? "missing" : "present",
      repeat: options.repeat,
      order: options.order,
    });
  }

  async #carryOut(
    decision: Decision,
    match: Match,
    exchange: Exchange,
    request: RecordedRequest,
  ): Promise<Answer> {
    switch (decision.kind) {
      case "play":
      case "repeat":
        return this.#play(match.recording as Interaction, exchange);
      case "record":
        this.#recorder ??= new Recorder(this.settings.options.maxBytes);
        return this.#recorder.record(exchange, request, this.#lastPlayed);
      case "substitute": {
        const miss = this.#miss(match, exchange, request, decision.reason);
        this.#counts.substituted++;
        this.warn(missWarning(miss));
        return this.#play(miss.nearest?.recording ?? (match.candidates[0] as Interaction), exchange, false);
      }
      case "miss": {
        const miss = this.#miss(match, exchange, request, decision.reason);
        return refusal(exchange, "cassette_miss", miss.message);
      }
      case "refuse":
        return refusal(exchange, "cassette_recording_refused", "Recording is refused in CI.");
    }
  }

  #play(recording: Interaction, exchange: Exchange, counted = true): Promise<Answer> {
    this.#playhead.play(recording);
    this.#lastPlayed = recording;
    if (counted) this.#counts.played++;
    return replay(recording, exchange, this.settings.options, this.settings.redactor, () => {
      const message =
        `Failed to go on with ${recording.request.method} ${recording.request.url}: when it was recorded the client ` +
        `gave the answer up after ${recording.response.chunks.length} chunks, and now it reads on. Record it anew: ${this.settings.recordCommand}`;
      this.noteProblem("CASSETTE_RECORDING_ENDS", message);
      return new ConnectionFailure({ message });
    });
  }
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
