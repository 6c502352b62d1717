import { CassetteError } from "../cassette/errors.ts";
import { isThenable } from "../cassette/is-thenable.ts";
import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import { fingerprint } from "./fingerprint.ts";
import type { ComparedRequest } from "./match-options.ts";
import { type CanonicalRequest, canonicalise, compare, endpointOf } from "./normalize.ts";
import type { MatchRules } from "./rules.ts";

/** A live request, and what a tape holds for it. */
export interface Found {
  /** The live request in the form in which it is compared. */
  readonly canonical: CanonicalRequest;
  /** Every recording that answers it, in the order of the tape. */
  readonly recordings: readonly Interaction[];
  /** Every recording of the same method, origin and path, in the order of the tape. */
  readonly sameEndpoint: readonly Interaction[];
}

const NONE: readonly Interaction[] = [];

/**
 * Finds the recordings of a request at a cost that does not depend on how many there are. Reads the tape
 * at the first question. Knows nothing of what was played.
 */
export class RecordingIndex {
  readonly interactions: readonly Interaction[];
  readonly rules: MatchRules;
  #built: Built | undefined;
  readonly #compared = new WeakMap<Interaction, ComparedRequest>();

  constructor(entries: readonly TapeEntry[], rules: MatchRules) {
    this.interactions = entries.filter((entry) => entry.kind === "request");
    this.rules = rules;
  }

  /**
   * The index over these entries under these rules: the same one for every test that plays the same tape
   * under rules that compare alike.
   */
  static over(entries: readonly TapeEntry[], rules: MatchRules): RecordingIndex {
    let indexes = shared.get(entries);
    if (indexes === undefined) {
      indexes = new Map();
      shared.set(entries, indexes);
    }
    let index = indexes.get(rules.key);
    if (index === undefined) {
      index = new RecordingIndex(entries, rules);
      indexes.set(rules.key, index);
    }
    return index;
  }

  /** What the tape holds for a live request. */
  find(live: RecordedRequest): Found {
    const { byFingerprint, byEndpoint } = this.#index();
    const canonical = canonicalise(live, this.rules);
    const sameEndpoint = byEndpoint.get(endpointOf(canonical)) ?? NONE;
    const recordings =
      this.rules.by === undefined
        ? byFingerprint.get(fingerprint(canonical))
        : this.#findBy(this.rules.by, live, sameEndpoint);
    return { canonical, recordings: recordings ?? NONE, sameEndpoint };
  }

  /** Every recording of the same request as this one, itself among them, in the order of the tape. */
  equals(recording: Interaction): readonly Interaction[] {
    const print = this.#index().fingerprints.get(recording);
    return print === undefined ? NONE : (this.#index().byFingerprint.get(print) ?? NONE);
  }

  /** A recording in the form in which it is compared. */
  canonical(recording: Interaction): CanonicalRequest {
    return canonicalise(recording.request, this.rules);
  }

  #findBy(
    by: NonNullable<MatchRules["by"]>,
    live: RecordedRequest,
    candidates: readonly Interaction[],
  ): readonly Interaction[] {
    const request = compare(live, this.rules);
    return candidates.filter((recording) => {
      const recorded = this.#comparedOf(recording);
      let answer: unknown;
      try {
        answer = by(request, recorded);
      } catch (cause) {
        throw matchByError(request, "threw. Its own error is the cause of this one.", { cause });
      }
      // A promise would be taken for a yes.
      if (isThenable(answer)) {
        // What it comes to is of no matter any more.
        answer.then(undefined, () => undefined);
        throw matchByError(request, "returned a promise. It has to answer at once, with true or false.");
      }
      return answer;
    });
  }

  #comparedOf(recording: Interaction): ComparedRequest {
    const known = this.#compared.get(recording) ?? compare(recording.request, this.rules);
    this.#compared.set(recording, known);
    return known;
  }

  #index(): Built {
    this.#built ??= build(this.interactions, this.rules);
    return this.#built;
  }
}

function matchByError({ method, url }: ComparedRequest, what: string, options?: ErrorOptions): CassetteError {
  return new CassetteError(
    "CASSETTE_MATCH_BY",
    `Failed to compare ${method} ${url}: match.by ${what}`,
    options,
  );
}

/** Indexes live as long as the tape that they are over. */
const shared = new WeakMap<readonly TapeEntry[], Map<string, RecordingIndex>>();

interface Built {
  readonly byFingerprint: ReadonlyMap<string, readonly Interaction[]>;
  readonly byEndpoint: ReadonlyMap<string, readonly Interaction[]>;
  readonly fingerprints: ReadonlyMap<Interaction, string>;
}

function build(interactions: readonly Interaction[], rules: MatchRules): Built {
  const byFingerprint = new Map<string, Interaction[]>();
  const byEndpoint = new Map<string, Interaction[]>();
  const fingerprints = new Map<Interaction, string>();
  for (const interaction of interactions) {
    const canonical = canonicalise(interaction.request, rules);
    const print = fingerprint(canonical);
    fingerprints.set(interaction, print);
    add(byFingerprint, print, interaction);
    add(byEndpoint, endpointOf(canonical), interaction);
  }
  return { byFingerprint, byEndpoint, fingerprints };
}

function add(lists: Map<string, Interaction[]>, key: string, interaction: Interaction): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [interaction]);
  else list.push(interaction);
}
