import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { Playhead } from "../cassette/playhead.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import type { MatchState } from "../options/decide.ts";
import type { Order } from "../options/options.ts";
import { currentScope, type Scope } from "./scope.ts";

/** How a live request stands to the tape. */
export interface Match {
  readonly state: MatchState;
  readonly found: Found;
  /** The recording to play, or to play again where all were played. */
  readonly recording: Interaction | undefined;
}

interface Played {
  readonly recording: Interaction;
  /** The attempt of a test that asked for it. */
  readonly by: Scope | undefined;
}

/** One tape as it is played: what is on it, what of that was played and for whom, and what comes next. */
export class Playback {
  readonly index: RecordingIndex;
  readonly #playhead: Playhead;
  readonly #own: ((recording: Interaction) => boolean) | undefined;
  /** In the order of playing. */
  #history: Played[] = [];

  /**
   * @param label the test that plays, where several tests may have recorded into the tape: recordings of its own
   *   come before others' equal ones
   */
  constructor(index: RecordingIndex, label: string | undefined) {
    this.index = index;
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

  match(live: RecordedRequest, order: Order): Match {
    const found = this.index.find(live);
    const { recordings } = found;
    if (recordings.length === 0) return { state: "none", found, recording: undefined };
    const own = this.#own;
    const next =
      (own && this.#playhead.next(recordings.filter(own), order)) ??
      this.#playhead.next(recordings, own ? "any" : order);
    if (next === undefined) return { state: "used-up", found, recording: recordings.at(-1) };
    return { state: this.#playhead.turn(next), found, recording: next };
  }

  play(recording: Interaction): void {
    this.#playhead.play(recording);
    this.#history.push({ recording, by: currentScope() });
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
    for (const { recording } of history) this.#playhead.play(recording);
  }
}
