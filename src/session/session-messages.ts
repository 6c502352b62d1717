import { CassetteError } from "../cassette/errors.ts";
import type { Interaction, RecordedRequest, TapeEntry, TransportError } from "../cassette/model.ts";
import { aboutRequest } from "../diagnosis/about-request.ts";
import { type DescribedMiss, describeMiss, type MissContext } from "../diagnosis/describe-miss.ts";
import { CassetteUnplayedError, MAX_UNPLAYED_LISTED } from "../diagnosis/unplayed-error.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { whyNotRecording } from "../options/environment.ts";
import { BYPASSED, type Bypassed } from "./bypassed.ts";
import { entryLine } from "./entry-line.ts";
import { withoutQuery } from "./request-filter.ts";
import { othersOf } from "./saved-message.ts";
import type { SessionSettings } from "./session-settings.ts";
import { letThrough } from "./unrecorded.ts";

/** Writes the messages of a session about its tape, without secrets. */
export class SessionMessages {
  readonly #settings: SessionSettings;
  readonly #index: RecordingIndex;
  readonly #playsOnly: PlaysOnly | undefined;
  readonly #redact: (text: string) => string;

  constructor(settings: SessionSettings, index: RecordingIndex, playsOnly: PlaysOnly | undefined) {
    this.#settings = settings;
    this.#index = index;
    this.#playsOnly = playsOnly;
    this.#redact = (text) => settings.redactor.redactText(text);
  }

  /** Describes a request that has no recording. */
  miss(
    live: RecordedRequest,
    found: Found,
    about: Pick<MissContext, "reason" | "played" | "expectedNext">,
  ): DescribedMiss {
    const { tape, environment, options, name } = this.#settings;
    const recordingOff =
      this.#playsOnly === undefined
        ? whyNotRecording(environment, options.mode)
        : `a cassette with \`${this.#playsOnly}\` only plays; first record it with a test that opens "${name}" without \`${this.#playsOnly}\``;
    return describeMiss(live, found, this.#index, {
      ...about,
      cassette: tape.shownFile,
      mode: options.mode,
      recordingOff,
      recordingRefused: environment.recordingRefused,
      recordCommand: this.recordCommand(false),
      redact: this.#redact,
    });
  }

  /** The error for recordings that no request asked for. */
  unplayedError(unplayed: readonly TapeEntry[], openedBy?: readonly string[]): CassetteUnplayedError {
    const { tape, environment } = this.#settings;
    // Recordings of no test are dropped if all tests of the file pass.
    const recordCommand = this.#settings.recordCommand(
      openedBy === undefined ? [] : this.#wholeFile,
      "update",
    );
    const adds = environment.record === "new";
    const all = this.#index.entries;
    const lines = unplayed
      .map((entry, place) => ({
        position: this.#index.positionOf(entry),
        ...entryLine(entry),
        about:
          entry.kind === "request" && place < MAX_UNPLAYED_LISTED
            ? aboutRequest(entry.request, this.#redact)
            : undefined,
      }))
      .sort((a, b) => a.position - b.position);
    return new CassetteUnplayedError(
      { cassette: tape.shownFile, recordings: all.length, unplayed: lines, openedBy, recordCommand, adds },
      this.#redact,
    );
  }

  /**
   * For a connection that failed in the recording: the cause of the error that the client gets. It has the same code,
   * for clients that look for the innermost error.
   */
  recordedFailure({ code }: TransportError): Error {
    const { tape } = this.#settings;
    const message = `This failed connection is a recording, in ${tape.shownFile}. Re-record the cassette: ${this.rerecordCommand()}`;
    return Object.assign(new Error(message), code === undefined ? {} : { code });
  }

  /** For a response that the client aborted in the recording, and now reads on. */
  exhausted({ request, response }: Interaction): string {
    return (
      `Failed to go on with ${request.method} ${request.url}: in the recording, the client aborted after ` +
      `${response.chunks.length} chunks, and now it reads on. Re-record the cassette: ${this.rerecordCommand()}`
    );
  }

  tooLarge({ method, url }: RecordedRequest): CassetteError {
    return new CassetteError(
      "CASSETTE_BODY_TOO_LARGE",
      `The response to ${method} ${url} is longer than maxBytes (${this.#settings.options.maxBytes}). Your code got all of it, ` +
        "but the tape has only its beginning. Raise maxBytes for this test, or ignore this request.",
    );
  }

  /** For a request whose body had not ended when the test did. */
  neverEnded({ method, url }: Pick<RecordedRequest, "method" | "url">): CassetteError {
    const shown = this.#settings.redactor.redactText(withoutQuery(url));
    return new CassetteError(
      "CASSETTE_REQUEST_OPEN",
      `Failed to answer ${method} ${shown}: its body has not ended. A request is looked up when its body ends, so a client that waits for the response first (a bidirectional stream) waits forever. ` +
        `End the body, or to let it through, set ${letThrough(shown)}.`,
    );
  }

  /** For a server of this machine that did not accept a connection. */
  refused({ url, reason }: Bypassed): CassetteError {
    const { why, howToRecord } = BYPASSED[reason];
    return new CassetteError(
      "CASSETTE_NOT_LISTENING",
      `Failed to reach ${url}: nothing listens there, and this request was never recorded: ${why}. ` +
        `${howToRecord} Then record it: ${this.recordCommand(this.#index.entries.length > 0)}`,
    );
  }

  neverFrozen(): string {
    return (
      `Nothing was frozen: ${this.#settings.tape.shownFile} does not say when it was recorded. Re-record it, or add a line such as ` +
      'frozen: { time: "2026-11-20T07:00:00.000Z", seed: 1 }'
    );
  }

  /**
   * Returns the command that records what is missing.
   *
   * @param someMatch whether some recordings still match: it is cheaper to keep them
   */
  recordCommand(someMatch: boolean): string {
    const { recordCommand } = this.#settings;
    const isUpdate = this.#playsOnly === undefined && (someMatch || this.#others.length > 0);
    return isUpdate ? recordCommand([], "update") : recordCommand(this.#others);
  }

  /** Returns the command that records everything again, also what was played. */
  rerecordCommand(): string {
    return this.#settings.recordCommand(this.#others);
  }

  /** Other tests with recordings on the tape. */
  get #others(): readonly string[] {
    const { label } = this.#settings;
    return this.#index.entries.flatMap(({ test }) => (test === undefined || test === label ? [] : [test]));
  }

  get #wholeFile(): readonly string[] {
    return othersOf(this.#settings.label);
  }
}

/** An option with which a cassette only plays. */
export type PlaysOnly = "fault" | "chunks";
