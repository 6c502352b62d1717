import { CassetteError } from "../cassette/errors.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { parseTape } from "../format/index.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import { RecordingIndex } from "../matching/recording-index.ts";
import type { MatchRules } from "../matching/rules.ts";
import type { ResolvedOptions } from "../options/options.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { RecordingQueue } from "../replay/recording-queue.ts";
import { Replay } from "../replay/replay.ts";
import { warnOnce } from "../session/scope.ts";
import type { FileStore } from "../storage/file-store.ts";

export interface CassetteAnswersSettings {
  readonly file: string;
  readonly shownFile: string;
  readonly store: FileStore;
  readonly options: ResolvedOptions;
  readonly redactor: Redactor;
  readonly rules: MatchRules;
}

/** The recordings of one cassette, as answers to requests that something else caught. */
export class CassetteAnswers {
  readonly #settings: CassetteAnswersSettings;
  readonly #queue: RecordingQueue;
  readonly #replay: Replay;

  /** @throws CassetteError `CASSETTE_MISSING` if there is no file; StorageError, TapeError if it cannot be read */
  constructor(settings: CassetteAnswersSettings) {
    this.#settings = settings;
    const { file, shownFile, store, redactor, rules, options } = settings;
    const text = store.read(file);
    if (text === undefined) {
      throw new CassetteError(
        "CASSETTE_MISSING",
        `Failed to open ${shownFile}: there is no such cassette.\nRecord it with useCassette() and RECORD=1, or fix the name.`,
      );
    }
    const tape = parseTape(text, {
      file: shownFile,
      redact: (each) => redactor.redactText(each),
      openBody: (...body) => store.openBody(file, ...body),
    });
    const counts = new Map<Interaction, number>();
    const played = (recording: Interaction): number => counts.get(recording) ?? 0;
    this.#queue = new RecordingQueue(RecordingIndex.over(tape.interactions, rules), {
      plays: { played, play: (recording) => counts.set(recording, played(recording) + 1) },
    });
    this.#replay = new Replay(options);
  }

  /** Returns the answer to a request; `undefined` if the cassette has none for it, or none any more. */
  async answer(exchange: Exchange): Promise<Answer | undefined> {
    const { options, redactor, shownFile } = this.#settings;
    const body = await exchange.body();
    const { method, url, headers } = exchange;
    const live: RecordedRequest = { method, url, headers, ...(body === undefined ? {} : { body }) };
    const redacted = redactor.redactRequest(live);
    const { state, recording, secrets } = this.#queue.match(live, options.order, () => redacted);
    const isDue =
      state === "next" ||
      (state === "used-up" && options.repeat === "last") ||
      (options.order === "any" && (state === "ahead" || state === "behind"));
    if (recording === undefined || !isDue) return undefined;
    this.#queue.play(recording, secrets);
    const response = redactor.restore(recording.response);
    const onExhausted = (): ConnectionFailure =>
      new ConnectionFailure({
        message: `The client aborted here when ${shownFile} was recorded, and now reads on. Record it again.`,
      });
    const answer = await this.#replay.play({ ...recording, response }, exchange, onExhausted);
    // No test ends here that could fail.
    const { faultProblem } = this.#replay;
    if (faultProblem !== undefined) warnOnce(faultProblem);
    return answer;
  }
}
