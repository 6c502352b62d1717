import { CassetteError } from "../cassette/errors.ts";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import { within } from "../http/real-clock.ts";
import { type Answer, ConnectionFailure, type Exchange } from "../interception/exchange.ts";
import { prepareToSend } from "../interception/install.ts";
import type { Redactor } from "../redaction/redactor.ts";
import { RecordedExchange, type RecorderSettings } from "./recorded-exchange.ts";
import { withoutQuery } from "./request-filter.ts";

/**
 * How long, in real milliseconds, closing waits for responses that are still arriving or that the client has not
 * read to the end. After that they are recorded as aborted.
 */
const CLOSE_GRACE = 2000;

/** Sends exchanges to the live provider and records what comes back. */
export class Recorder {
  readonly #settings: RecorderSettings;
  readonly #closing = new AbortController();
  readonly #recordings: RecordedExchange[] = [];

  constructor(settings: RecorderSettings) {
    this.#settings = settings;
  }

  /** Requests whose responses were longer than `maxBytes`. */
  get overflowed(): readonly RecordedRequest[] {
    return this.#recordings
      .filter(({ overflow, isUnwritable }) => overflow && !isUnwritable)
      .map(({ request }) => request);
  }

  /**
   * What is complete by now. A client may stop reading at the provider's end marker, so that nobody reads the end of
   * the body before the cassette closes.
   */
  get finished(): readonly RecordedExchange[] {
    return this.#recordings.filter((each) => each.isDone || each.isTerminated);
  }

  /**
   * Sends `exchange` to the live provider. The client gets the provider's own response while it is recorded.
   *
   * @param request returns the request without secrets
   * @param onEnd called when nothing more will come. `recorded` returns the interaction with the secrets of its response.
   */
  async record(
    exchange: Exchange,
    request: () => RecordedRequest,
    onEnd?: ((recorded: () => Interaction) => void) | undefined,
  ): Promise<Answer> {
    const { prepare, timeline } = this.#settings;
    const recording = new RecordedExchange(exchange, request, this.#settings);
    this.#recordings.push(recording);
    timeline.add(recording);
    if (onEnd !== undefined) void recording.settled.then(() => onEnd(() => recording.recorded));
    try {
      await prepare();
      recording.sent();
      const live = await exchange.send(AbortSignal.any([exchange.signal, this.#closing.signal]));
      return { kind: "respond", response: recording.answered(live) };
    } catch (error) {
      const byClient = exchange.signal.aborted || this.#closing.signal.aborted;
      return { kind: "fail", failure: recording.failed(error, byClient) };
    }
  }

  /** Waits briefly until every response is complete. */
  async settle(): Promise<void> {
    await within(Promise.all(this.#recordings.map((each) => each.drain())), CLOSE_GRACE);
    for (const each of this.#recordings) each.abandon();
    this.#closing.abort(new Error("The cassette was closed."));
    await Promise.all(this.#recordings.map(({ redacted }) => redacted));
  }
}

/** Loads what sending and recording a request need. Loading it later would delay a response that is being recorded. */
export async function prepareToRecord(redactor: Redactor): Promise<void> {
  prepareToSend();
  // Compiles its rules.
  void redactor.basis;
}

/** Sends a request to the live provider without recording it. */
export async function sendUnrecorded(exchange: Exchange): Promise<Answer> {
  try {
    return { kind: "respond", response: await exchange.send(exchange.signal) };
  } catch (error) {
    if (error instanceof ConnectionFailure) return { kind: "fail", failure: error };
    throw error;
  }
}

/** @throws CassetteError for a live request with a placeholder key: the provider would refuse it */
export function assertRealKey({ method, url, headers }: RecordedRequest): void {
  if (!url.includes(STAND_IN_KEY) && !headers.some(([, value]) => value.includes(STAND_IN_KEY))) return;
  throw new CassetteError(
    "CASSETTE_PLACEHOLDER_KEY",
    `Failed to record ${method} ${withoutQuery(url)}: it was sent with a placeholder key, which the plugin sets for tests that only replay. ` +
      "Its client was created before this cassette opened. Set the provider's key in the environment, or create the client in the test.",
  );
}
