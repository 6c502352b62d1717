import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { Playhead } from "../cassette/playhead.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { SecretBindings } from "../matching/secret-bindings.ts";
import { NO_SECRETS, type Secrets } from "../matching/secrets.ts";
import type { MatchState } from "../options/decide.ts";
import type { Order } from "../options/options.ts";
import { currentScope, type Scope } from "./scope.ts";

/** How a live request stands to the tape. */
export interface Match {
  readonly state: MatchState;
  readonly found: Found;
  /** The recording to play, or to play again where all were played. */
  readonly recording: Interaction | undefined;
  /** The placeholders in the live request. */
  readonly secrets: Secrets;
}

interface Played {
  readonly recording: Interaction;
  /** The attempt of a test that asked for it. */
  readonly by: Scope | undefined;
  readonly secrets: Secrets;
}

/** One tape as it is played: what is on it, what of that was played and for whom, and what comes next. */
export class Playback {
  readonly index: RecordingIndex;
  readonly #playhead: Playhead;
  readonly #own: ((recording: Interaction) => boolean) | undefined;
  /** In the order of playing. */
  #history: Played[] = [];
  readonly #bindings: SecretBindings;

  /**
   * @param label the test that plays, where several tests may have recorded into the tape: recordings of its own
   *   come before others' equal ones
   */
  constructor(index: RecordingIndex, label: string | undefined) {
    this.index = index;
    this.#bindings = new SecretBindings(index);
    const { interactions } = index;
    const own = ({ test }: Interaction): boolean => test === undefined || test === label;
    this.#own = label === undefined ? undefined : own;
    this.#playhead = new Playhead(
      label === undefined
        ? interactions
        : [...interactions.filter(own), ...interactions.filter((each) => !own(each))],
    );
  }

  /** How many recordings were played, each time counted. */
  get length(): number {
    return this.#history.length;
  }

  /** The recording that was played last. */
  get last(): Interaction | undefined {
    return this.#history.at(-1)?.recording;
  }

  /** What of its own recordings the test has not asked for, in the order of the tape. */
  get unplayed(): readonly Interaction[] {
    const left = this.#playhead.unplayed();
    return this.#own === undefined ? left : left.filter(this.#own);
  }

  /** @param redacted - returns the live request as it would be written to the tape */
  match(live: RecordedRequest, order: Order, redacted: () => RecordedRequest): Match {
    const all = this.index.find(live);
    const secrets = this.#bindings.secretsOf(live, all, redacted);
    const found = this.#bindings.filter(all, secrets);
    const { recordings } = found;
    if (recordings.length === 0) return { state: "none", found, recording: undefined, secrets };
    const own = this.#own;
    const next =
      (own && this.#playhead.next(recordings.filter(own), order)) ??
      this.#playhead.next(recordings, own ? "any" : order);
    if (next === undefined) return { state: "used-up", found, recording: recordings.at(-1), secrets };
    return { state: this.#playhead.turn(next), found, recording: next, secrets };
  }

  /** @param secrets - those of the live request, unless another recording is played in its place */
  play(recording: Interaction, secrets: Secrets = NO_SECRETS): void {
    this.#playhead.play(recording);
    this.#bindings.bind(secrets, recording);
    this.#history.push({ recording, by: currentScope(), secrets });
  }

  /** How often the recording was played. */
  played(recording: Interaction): number {
    return this.#playhead.played(recording);
  }

  /** Whether the recording, or another of the same request, was played. */
  wasAsked(recording: Interaction): boolean {
    return this.index.equals(recording).some((each) => this.played(each) > 0);
  }

  /** Goes back to where `length` recordings were played. */
  rewind(length: number): void {
    this.#replay(this.#history.slice(0, length));
  }

  /** Takes back what was played for one attempt of a test. */
  forget(attempt: Scope): void {
    this.#replay(this.#history.filter(({ by }) => by !== attempt));
  }

  #replay(history: Played[]): void {
    this.#playhead.reset();
    this.#history = history;
    this.#bindings.clear();
    for (const { recording, secrets } of history) {
      this.#playhead.play(recording);
      this.#bindings.bind(secrets, recording);
    }
  }
}
