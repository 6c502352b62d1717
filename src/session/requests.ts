import type { EntryKind } from "../calls/entry-kind.ts";
import { toolCallsIn } from "../calls/happened.ts";
import type { Timeline } from "../calls/timeline.ts";
import { CassetteError } from "../cassette/errors.ts";
import { asError } from "../cassette/is-error.ts";
import { type Later, later } from "../cassette/later.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { bodyLength } from "../cassette/stored-body.ts";
import type { DescribedMiss } from "../diagnosis/describe-miss.ts";
import { summarizeMiss } from "../diagnosis/explain-miss.ts";
import type { MissReason } from "../diagnosis/miss-facts.ts";
import { now } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange, type RequestHead } from "../interception/exchange.ts";
import type { RecordingIndex } from "../matching/recording-index.ts";
import { type Match, RecordingQueue } from "../replay/recording-queue.ts";
import { Replay } from "../replay/replay.ts";
import type { ErrorCollector } from "./error-collector.ts";
import { LiveRequests } from "./live-requests.ts";
import { allowPage, allowPreflight, isPreflight } from "./page-requests.ts";
import { assertRealKey, prepareToRecord, Recorder, sendUnrecorded } from "./recorder.ts";
import { refusal } from "./refusal.ts";
import { announceRequest, RECORDED } from "./request-events.ts";
import { belongsOnTape } from "./request-filter.ts";
import type { SessionMessages } from "./session-messages.ts";
import type { SessionSettings } from "./session-settings.ts";
import type { Overhead } from "./stats.ts";

/** Codes of errors after which a request must not reach the provider. */
const MUST_NOT_BE_SENT: readonly string[] = ["CASSETTE_TAKEN", "CASSETTE_PLACEHOLDER_KEY"];

export interface RequestTools {
  readonly settings: SessionSettings;
  readonly timeline: Timeline;
  readonly index: RecordingIndex;
  readonly messages: SessionMessages;
  readonly errors: ErrorCollector;
  readonly overhead: Overhead;
}

/** A live request, and the same without secrets. */
interface Live {
  readonly exchange: Exchange;
  readonly request: RecordedRequest;
  readonly redacted: () => RecordedRequest;
}

/** Answers the requests of one session: plays them, records them, or refuses them. */
export class Requests implements EntryKind<Interaction> {
  readonly live: LiveRequests;
  readonly #tools: RequestTools;
  readonly #queue: RecordingQueue;
  readonly #replay: Replay;
  readonly #recorder: Later<Recorder>;
  /** Requests whose body has not ended. */
  readonly #arriving = new Set<Exchange>();
  /** When the request was sent that played a recording first. */
  readonly #firstPlays = new Map<Interaction, number>();

  constructor(tools: RequestTools) {
    this.#tools = tools;
    const { settings, timeline, index } = tools;
    const { redactor, options, label } = settings;
    this.live = new LiveRequests((request) => redactor.redactRequest(request));
    this.#queue = new RecordingQueue(index, {
      isOwn: label === undefined ? undefined : timeline.isOwn,
      isExpected: timeline.ancestry.isNeeded ? (each) => timeline.ancestry.isExpected(each) : undefined,
      plays: timeline,
    });
    this.#replay = new Replay(options);
    const { maxBytes } = options;
    const { beginBody } = settings.tape;
    const prepare = (): Promise<void> => prepareToRecord(redactor);
    const onError = (error: Error): void => tools.errors.add(error);
    this.#recorder = later(() => new Recorder({ maxBytes, beginBody, redactor, timeline, prepare, onError }));
  }

  /** What this session has played or recorded by now, in the order of its requests. */
  get interactions(): readonly Interaction[] {
    const played = [...this.#firstPlays].map(([entry, startedAt]) => ({ entry, startedAt }));
    const recorded = (this.#recorder.made?.finished ?? []).map((each) => ({
      entry: each.entry(),
      startedAt: each.startedAt,
    }));
    return [...played, ...recorded].sort((a, b) => a.startedAt - b.startedAt).map(({ entry }) => entry);
  }

  /** Bytes of the response bodies that are recorded by now. */
  get bytesRecorded(): number {
    const finished = this.#recorder.made?.finished ?? [];
    return finished.reduce((sum, each) => sum + bodyLength(each.entry().response.chunks), 0);
  }

  /** Returns what the options of the session asked for and did not get. */
  problems(failed: boolean): readonly CassetteError[] {
    const { faultProblem } = this.#replay;
    const { messages } = this.#tools;
    return [
      ...(failed || faultProblem === undefined ? [] : [new CassetteError("CASSETTE_FAULT", faultProblem)]),
      ...(this.#recorder.made?.overflowed ?? []).map((request) => messages.tooLarge(request)),
      ...[...this.#arriving].map((exchange) => messages.neverEnded(exchange)),
    ];
  }

  takes(head: RequestHead): boolean {
    return belongsOnTape(head, this.#tools.settings.options);
  }

  isJudged(): boolean {
    return true;
  }

  wasAsked(recording: Interaction): boolean {
    return this.#queue.wasAsked(recording);
  }

  stop(): void {
    this.#replay.close();
  }

  async settle(): Promise<void> {
    await this.#recorder.made?.settle();
  }

  /** Answers one live request. If we fail, both the client and the test get to know. */
  async handle(exchange: Exchange): Promise<Answer> {
    if (!isPreflight(exchange)) return allowPage(exchange, await this.#answer(exchange));
    return this.#recordsAll ? sendUnrecorded(exchange) : allowPreflight(exchange);
  }

  get #recordsAll(): boolean {
    return this.#tools.timeline.host.recordsAll;
  }

  async #answer(exchange: Exchange): Promise<Answer> {
    this.#arriving.add(exchange);
    const body = await exchange.body().finally(() => this.#arriving.delete(exchange));
    const { method, url, headers } = exchange;
    const request: RecordedRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    try {
      this.#tools.timeline.happened.push(...toolCallsIn(body));
      const redacted = this.live.add(request);
      return await this.#meet({ exchange, request, redacted });
    } catch (thrown) {
      const error = asError(thrown);
      this.#tools.errors.add(error);
      // If recording fails, the client still gets its response.
      const isOurs = !(error instanceof CassetteError && MUST_NOT_BE_SENT.includes(error.code));
      if (this.#recordsAll && isOurs) return sendUnrecorded(exchange);
      return refusal(exchange, "cassette_error", error.message);
    }
  }

  async #meet(live: Live): Promise<Answer> {
    const { exchange, request, redacted } = live;
    const { settings, timeline, errors, overhead } = this.#tools;
    const startedAt = now();
    const match = this.#queue.match(request, settings.options.order, redacted);
    const decision = timeline.meet(match.state, match.found.sameEndpoint.length > 0);
    overhead.since(startedAt);
    switch (decision.kind) {
      case "play":
      case "repeat":
        return this.#play(match.recording as Interaction, exchange, match);
      case "record": {
        assertRealKey(request);
        const event = announceRequest(timeline.events, exchange, redacted);
        const answer = await this.#recorder.get().record(exchange, redacted, event?.recorded);
        return event === undefined ? answer : event.answered(answer, RECORDED);
      }
      case "substitute": {
        const { facts, substitute } = this.#miss(live, match, decision.reason);
        const recording = substitute ?? (match.found.sameEndpoint[0] as Interaction);
        const answer = this.#play(recording, exchange, undefined, summarizeMiss(facts));
        const text = errors.substituted(facts);
        if (text !== undefined) errors.warn(text);
        return answer;
      }
      case "miss": {
        const { facts } = this.#miss(live, match, decision.reason);
        errors.addMiss(facts, request, exchange.stack);
        const summary = summarizeMiss(facts);
        const event = announceRequest(timeline.events, exchange, redacted);
        event?.missed(summary);
        event?.refused(summary);
        return refusal(exchange, "cassette_miss", `Failed to play: ${summary}`);
      }
    }
  }

  #miss({ request }: Live, { found }: Match, reason: MissReason): DescribedMiss {
    const { timeline, messages } = this.#tools;
    const miss = messages.miss(request, found, {
      reason,
      played: (recording) => timeline.played(recording),
      expectedNext: reason === "out-of-order" ? this.#queue.unplayed[0] : undefined,
    });
    timeline.misses.push(miss.facts);
    return miss;
  }

  /** @param missed says that the request has no recording, and is answered with another one */
  async #play(recording: Interaction, exchange: Exchange, match?: Match, missed?: string): Promise<Answer> {
    const { settings, timeline, messages, errors } = this.#tools;
    this.#queue.play(recording, match?.secrets);
    if (!this.#firstPlays.has(recording)) this.#firstPlays.set(recording, exchange.sentAt);
    const onExhausted = (): ConnectionFailure => {
      const message = messages.exhausted(recording);
      errors.add(new CassetteError("CASSETTE_RECORDING_ENDS", message));
      return new ConnectionFailure({ message });
    };
    const event = announceRequest(timeline.events, exchange, () => recording.request);
    if (missed !== undefined) event?.missed(missed);
    const response = settings.redactor.restore(recording.response);
    const answer = await this.#replay.play({ ...recording, response }, exchange, onExhausted);
    if (answer.kind === "fail" && response.error !== undefined) {
      answer.failure.cause = messages.recordedFailure(response.error);
    }
    if (event === undefined) return answer;
    return event.answered(answer, { recording, isRestored: response !== recording.response });
  }
}
