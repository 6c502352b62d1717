import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import type { NormalizedRequest } from "../matching/normalize.ts";
import type { Found, RecordingIndex } from "../matching/recording-index.ts";
import { SecretBindings } from "../matching/secret-bindings.ts";
import { NO_SECRETS, type Secrets } from "../matching/secrets.ts";
import type { MatchState } from "../options/decide.ts";
import type { Order } from "../options/options.ts";

/** How a live request relates to the tape. */
export interface Match {
  readonly state: MatchState;
  readonly found: Found;
  /** The recording to play next, or to repeat if all were played. */
  readonly recording: Interaction | undefined;
  /** The placeholders in the live request. */
  readonly secrets: Secrets;
}

export interface RecordingQueueOptions {
  /**
   * If several tests record into the tape: whether a recording belongs to the test that plays. Those are played before
   * equal ones of other tests.
   */
  readonly isOwn?: ((recording: Interaction) => boolean) | undefined;
  /** Whether a recording has to be played: not if it was sent by a call that is played. Such ones are played last. */
  readonly isExpected?: ((recording: Interaction) => boolean) | undefined;
  /** Keeps count of what was played. */
  readonly plays: Plays;
}

/** Counts how often each recording was played. */
export interface Plays {
  play(recording: Interaction): void;
  played(recording: Interaction): number;
}

/**
 * Hands out the recordings of one tape, first in, first out, and knows which were played. Finding the recording of
 * a request costs the same on a tape of any length.
 */
export class RecordingQueue {
  readonly index: RecordingIndex;
  readonly #isOwn: ((recording: Interaction) => boolean) | undefined;
  readonly #isExpected: ((recording: Interaction) => boolean) | undefined;
  /** In the order in which they are handed out: own ones first. */
  readonly #recordings: readonly Interaction[];
  readonly #positions: ReadonlyMap<Interaction, number>;
  readonly #plays: Plays;
  #furthest = -1;
  /** For each list of candidates, where its first unplayed one was: it only ever moves forward. */
  readonly #cursors = new WeakMap<readonly Interaction[], number>();
  /** Which of a list of candidates are own. */
  readonly #bindings: SecretBindings;
  readonly #ownOf = new WeakMap<readonly Interaction[], readonly Interaction[]>();

  constructor(index: RecordingIndex, { isOwn, isExpected, plays }: RecordingQueueOptions) {
    this.index = index;
    this.#plays = plays;
    this.#isExpected = isExpected;
    this.#bindings = new SecretBindings(index);
    this.#isOwn = isOwn;
    const { interactions } = index;
    this.#recordings =
      isOwn === undefined
        ? interactions
        : [...interactions.filter(isOwn), ...interactions.filter((each) => !isOwn(each))];
    this.#positions = new Map(this.#recordings.map((recording, position) => [recording, position]));
  }

  /** Own recordings that no request asked for, in the order of the tape. */
  get unplayed(): readonly Interaction[] {
    const isExpected = this.#isExpected ?? (() => true);
    const left = this.#recordings.filter((each) => this.#plays.played(each) === 0 && isExpected(each));
    return this.#isOwn === undefined ? left : left.filter(this.#isOwn);
  }

  /** @param redacted returns the live request as a tape would store it; called unless a recording has the same bytes */
  match(live: RecordedRequest, order: Order, redacted: () => RecordedRequest): Match {
    return this.#matchSame(live, order, redacted) ?? this.#matchEqual(live, order, redacted);
  }

  /** Finds an unplayed recording with the very same bytes. Nothing is parsed or redacted for it. */
  #matchSame(live: RecordedRequest, order: Order, redacted: () => RecordedRequest): Match | undefined {
    const recordings = this.index.same(live);
    const recording = this.#next(this.#own(recordings), order);
    if (recording === undefined || this.#plays.played(recording) > 0) return undefined;
    if (this.#isExpected?.(recording) === false) return undefined;
    const state = this.#turn(recording);
    if (order === "recorded" && state !== "next") return undefined;
    const normalized = (): NormalizedRequest => this.index.find(live, redacted).normalized();
    const found = { normalized, recordings, sameEndpoint: recordings };
    return { state, found, recording, secrets: NO_SECRETS };
  }

  /** Compares the request with the recordings of its endpoint. */
  #matchEqual(live: RecordedRequest, order: Order, redacted: () => RecordedRequest): Match {
    const all = this.index.find(live, redacted);
    const secrets = this.#bindings.secretsOf(live, all, redacted);
    const found = this.#bindings.filter(all, secrets);
    const { recordings } = found;
    if (recordings.length === 0) return { state: "none", found, recording: undefined, secrets };
    const own = this.#own(recordings);
    const next = this.#next(own, order) ?? (own === recordings ? undefined : this.#next(recordings, "any"));
    if (next === undefined) return { state: "used-up", found, recording: recordings.at(-1), secrets };
    return { state: this.#turn(next), found, recording: next, secrets };
  }

  /** @param secrets those of the live request; none if the recording stands in for another one */
  play(recording: Interaction, secrets: Secrets = NO_SECRETS): void {
    this.#bindings.bind(secrets, recording);
    this.#plays.play(recording);
    this.#furthest = Math.max(this.#furthest, this.#position(recording));
  }

  /** Returns whether this recording was played, or another of the same request. */
  wasAsked(recording: Interaction): boolean {
    return this.index.equals(recording).some((each) => this.#plays.played(each) > 0);
  }

  #own(candidates: readonly Interaction[]): readonly Interaction[] {
    if (this.#isOwn === undefined) return candidates;
    let own = this.#ownOf.get(candidates);
    if (own === undefined) {
      own = candidates.filter(this.#isOwn);
      this.#ownOf.set(candidates, own);
    }
    return own;
  }

  #position(recording: Interaction): number {
    return this.#positions.get(recording) ?? -1;
  }

  #turn(recording: Interaction): "next" | "ahead" | "behind" {
    const position = this.#position(recording);
    if (position <= this.#furthest) return "behind";
    return this.#isSkippable(this.#furthest + 1, position) ? "next" : "ahead";
  }

  /** Whether nothing from `start` to before `end` has to be played. */
  #isSkippable(start: number, end: number): boolean {
    if (start === end) return true;
    const isExpected = this.#isExpected;
    return isExpected !== undefined && !this.#recordings.slice(start, end).some(isExpected);
  }

  /**
   * Returns the first unplayed candidate; in `recorded` order the first one behind everything that was played, if there
   * is one.
   */
  #next(candidates: readonly Interaction[], order: Order): Interaction | undefined {
    const beyond = order === "recorded" ? this.#firstBeyond(candidates) : undefined;
    return beyond ?? this.#firstUnplayed(candidates);
  }

  #firstUnplayed(candidates: readonly Interaction[]): Interaction | undefined {
    let cursor = this.#cursors.get(candidates) ?? 0;
    while (cursor < candidates.length && this.#plays.played(candidates[cursor] as Interaction) > 0) cursor++;
    this.#cursors.set(candidates, cursor);
    const first = candidates[cursor];
    const isExpected = this.#isExpected;
    if (first === undefined || isExpected === undefined || isExpected(first)) return first;
    const later = candidates.slice(cursor);
    return later.find((each) => this.#plays.played(each) === 0 && isExpected(each)) ?? first;
  }

  #firstBeyond(candidates: readonly Interaction[]): Interaction | undefined {
    let low = 0;
    let high = candidates.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#position(candidates[middle] as Interaction) > this.#furthest) high = middle;
      else low = middle + 1;
    }
    return candidates[low];
  }
}
