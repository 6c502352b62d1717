import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { aboutRequest } from "../diagnosis/about-request.ts";
import { describeMiss, type Miss, type MissContext } from "../diagnosis/describe-miss.ts";
import { CassetteUnplayedError, MAX_UNPLAYED_LISTED } from "../diagnosis/unplayed-error.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { whyNotRecording } from "../options/environment.ts";
import type { SessionSettings } from "./session-settings.ts";

/** What there is to say of one tape to the author of a test. No secret is in any of it. */
export class TapeWords {
  readonly #settings: SessionSettings;
  readonly #index: RecordingIndex;
  readonly #redact: (text: string) => string;

  constructor(settings: SessionSettings, index: RecordingIndex) {
    this.#settings = settings;
    this.#index = index;
    this.#redact = (text) => settings.redactor.redactText(text);
  }

  miss(
    live: RecordedRequest,
    found: Found,
    about: Pick<MissContext, "reason" | "played" | "expectedNext">,
  ): Miss {
    const { shownFile, environment, options } = this.#settings;
    return describeMiss(live, found, this.#index, {
      ...about,
      cassette: shownFile,
      mode: options.mode,
      recordingOff: whyNotRecording(environment, options.mode),
      recordingRefused: environment.recordingRefused,
      recordCommand: this.#recordCommand(),
      redact: this.#redact,
    });
  }

  /** Of recordings that no request has asked for. */
  unplayedError(unplayed: readonly Interaction[], openedBy?: readonly string[]): CassetteUnplayedError {
    const all = this.#index.interactions;
    const lines = unplayed.map((interaction, place) => ({
      position: all.indexOf(interaction) + 1,
      method: interaction.request.method,
      url: interaction.request.url,
      about: place < MAX_UNPLAYED_LISTED ? aboutRequest(interaction.request, this.#redact) : undefined,
    }));
    return new CassetteUnplayedError(
      {
        cassette: this.#settings.shownFile,
        recordings: all.length,
        unplayed: lines,
        openedBy,
        recordCommand: this.#recordCommand(),
      },
      this.#redact,
    );
  }

  /** Of an answer that was given up when it was recorded, and is now read on. */
  exhausted({ request, response }: Interaction): string {
    return (
      `Failed to go on with ${request.method} ${request.url}: when it was recorded the client gave the answer up ` +
      `after ${response.chunks.length} chunks, and now it reads on. Record it anew: ${this.#recordCommand()}`
    );
  }

  #recordCommand(): string {
    const { recordCommand, recordTogether, label } = this.#settings;
    const labels = this.#index.interactions.flatMap(({ test }) =>
      test === undefined || test === label ? [] : [test],
    );
    return labels.length === 0 ? recordCommand : (recordTogether?.(labels) ?? recordCommand);
  }
}
