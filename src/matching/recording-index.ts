import { CassetteError } from "../cassette/errors.ts";
import { isThenable } from "../cassette/is-thenable.ts";
import type { Interaction, RecordedRequest, TapeEntry } from "../cassette/model.ts";
import { compare } from "./compared-request.ts";
import type { ComparedRequest } from "./match-options.ts";
import {
  endpointOf,
  type NormalizedRequest,
  normalizeRequest,
  normalizeWritten,
  quickEndpoint,
} from "./normalize.ts";
import type { MatchRules } from "./rules.ts";
import { SameRequests } from "./same-requests.ts";
import { NO_SECRETS, type Secrets } from "./secrets.ts";

/** A live request, and what a tape holds for it. */
export interface Found {
  /** The request in the form in which it is compared. */
  readonly normalized: () => NormalizedRequest;
  /** Every recording that answers it, in the order of the tape. */
  readonly recordings: readonly Interaction[];
  /** Every recording of the same method, origin and path, in the order of the tape. */
  readonly sameEndpoint: readonly Interaction[];
  /** Set if `recordings` is empty because the request has another secret than this recording, at these paths. */
  readonly otherSecret?: { readonly recording: Interaction; readonly paths: readonly string[] } | undefined;
}

const NONE: readonly Interaction[] = [];

/**
 * Finds the recordings of a request, at a cost that does not depend on how many there are. It normalizes recordings
 * as late as it can: those of an endpoint when the first request to it comes, and as they are on the tape; it
 * redacts them again only if none is equal then. It does not know what was played.
 */
export class RecordingIndex {
  readonly interactions: readonly Interaction[];
  /** Everything on the tape. */
  readonly entries: readonly TapeEntry[];
  readonly rules: MatchRules;
  readonly #asWritten: Group;
  readonly #prepared: Group;
  readonly #compared = new WeakMap<Interaction, ComparedRequest>();
  #same: SameRequests | undefined;
  #urls: ReadonlySet<string> | undefined;

  constructor(entries: readonly TapeEntry[], rules: MatchRules) {
    this.entries = entries;
    this.interactions = entries.filter((entry) => entry.kind === "request");
    this.rules = rules;
    this.#asWritten = new Group(this.interactions, {
      endpoint: (request) => quickEndpoint(request, rules),
      normalize: (request) => normalizeWritten(request, rules),
    });
    this.#prepared = new Group(this.interactions, {
      endpoint: (_, key) => key().endpoint,
      normalize: (request) => normalizeRequest(request, rules),
    });
  }

  /**
   * Returns the index of these entries under these rules: the same one for every test that plays the same tape
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

  /** Returns the position of an entry on the tape, from 1. */
  positionOf(entry: TapeEntry): number {
    return this.entries.indexOf(entry) + 1;
  }

  /**
   * Returns the recordings that have the same bytes as a live request, as most requests of a replay have; none if more
   * has to be compared. The request may have its secrets: a tape contains none, so nothing in equal bytes is one.
   */
  same(live: RecordedRequest): readonly Interaction[] {
    if (!this.#comparesAsWritten()) return NONE;
    this.#same ??= new SameRequests(this.interactions, this.rules);
    return this.#same.of(live);
  }

  /**
   * Returns what the tape holds for a live request.
   *
   * @param redacted returns it without its secrets. To find them takes longer than the rest: called only if it is needed.
   */
  find(live: RecordedRequest, redacted: () => RecordedRequest = () => live): Found {
    const normalized = (): NormalizedRequest => normalizeRequest(redacted(), this.rules);
    // The user's own `normalize` has to see every request.
    const isEmpty = this.interactions.length === 0 && this.rules.normalize === undefined;
    if (isEmpty) return { normalized, recordings: NONE, sameEndpoint: NONE };
    const plain = this.#findPlain(live);
    return plain === undefined ? this.#compare(redacted()) : { ...plain, normalized };
  }

  /**
   * Finds the recordings of a live request that has no secrets in what is compared. If it had some, it would be equal to no
   * recording: a tape has placeholders for them.
   */
  #findPlain(live: RecordedRequest): Omit<Found, "normalized"> | undefined {
    if (!this.#comparesAsWritten() || !this.#hasUrl(live.url)) return undefined;
    const key = normalizeWritten(live, this.rules);
    if (key.secrets !== NO_SECRETS) return undefined;
    const endpoint = endpointOf(key);
    const recordings = this.#asWritten.equal({ endpoint, fingerprint: key.fingerprint });
    if (recordings.length === 0) return undefined;
    return { recordings, sameEndpoint: this.#asWritten.sameEndpoint(endpoint) };
  }

  /** Compares a live request without its secrets. */
  #compare(live: RecordedRequest): Found {
    const { by } = this.rules;
    const normalized = normalizeRequest(live, this.rules);
    const endpoint = endpointOf(normalized);
    const key = { endpoint, fingerprint: normalized.fingerprint };
    if (this.#comparesAsWritten()) {
      const recordings = this.#asWritten.equal(key);
      if (recordings.length > 0 || this.rules.prepare === undefined) {
        return {
          normalized: () => normalized,
          recordings,
          sameEndpoint: this.#asWritten.sameEndpoint(endpoint),
        };
      }
    }
    const sameEndpoint = this.#prepared.sameEndpoint(endpoint);
    const recordings = by === undefined ? this.#prepared.equal(key) : this.#findBy(by, live, sameEndpoint);
    return { normalized: () => normalized, recordings, sameEndpoint };
  }

  /** Returns every recording of the same request as this one, including itself, in the order of the tape. */
  equals(recording: Interaction): readonly Interaction[] {
    const group = this.#group();
    const equal = group.equal(group.key(recording));
    return equal.includes(recording) ? equal : NONE;
  }

  /** Returns the placeholders in a recorded request. */
  secretsOf(recording: Interaction): Secrets {
    return this.#asWritten.key(recording).secrets;
  }

  /** Returns the placeholders in a live request, given as it would be written to a tape. */
  liveSecrets(redacted: RecordedRequest): Secrets {
    return normalizeWritten(redacted, this.rules).secrets;
  }

  /** Normalizes a recording. */
  normalized(recording: Interaction): NormalizedRequest {
    return normalizeRequest(recording.request, this.rules);
  }

  #hasUrl(url: string): boolean {
    this.#urls ??= new Set(this.interactions.map(({ request }) => request.url));
    return this.#urls.has(url);
  }

  #group(): Group {
    return this.#comparesAsWritten() ? this.#asWritten : this.#prepared;
  }

  #comparesAsWritten(): boolean {
    const { normalize, by, rewrites } = this.rules;
    return normalize === undefined && by === undefined && !rewrites;
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
        throw matchByError(request, "threw an error. See its cause.", { cause });
      }
      // A promise would count as a yes.
      if (isThenable(answer)) {
        // Its outcome no longer matters, and must not become an unhandled rejection.
        answer.then(undefined, () => undefined);
        throw matchByError(request, "returned a promise. Return true or false.");
      }
      return answer;
    });
  }

  #comparedOf(recording: Interaction): ComparedRequest {
    const known = this.#compared.get(recording) ?? compare(recording.request, this.rules);
    this.#compared.set(recording, known);
    return known;
  }
}

function matchByError({ method, url }: ComparedRequest, what: string, options?: ErrorOptions): CassetteError {
  return new CassetteError(
    "CASSETTE_MATCH_BY",
    `Failed to compare ${method} ${url}: match.by ${what}`,
    options,
  );
}

/** Indexes live as long as the list that they index. */
const shared = new WeakMap<readonly TapeEntry[], Map<string, RecordingIndex>>();

interface Steps {
  readonly endpoint: (request: RecordedRequest, key: () => Key) => string;
  readonly normalize: (request: RecordedRequest) => NormalizedRequest;
}

/** The parts of a normalized recording to keep: its body can be large. */
interface Key extends Pick<NormalizedRequest, "fingerprint" | "secrets"> {
  readonly endpoint: string;
}

/** Recordings by endpoint, and within one endpoint by fingerprint. Each is normalized at most once. */
class Group {
  readonly #interactions: readonly Interaction[];
  readonly #steps: Steps;
  #byEndpoint: ReadonlyMap<string, readonly Interaction[]> | undefined;
  readonly #byFingerprint = new Map<string, ReadonlyMap<string, readonly Interaction[]>>();
  readonly #keys = new WeakMap<Interaction, Key>();

  constructor(interactions: readonly Interaction[], steps: Steps) {
    this.#interactions = interactions;
    this.#steps = steps;
  }

  sameEndpoint(endpoint: string): readonly Interaction[] {
    this.#byEndpoint ??= Map.groupBy(this.#interactions, (each) =>
      this.#steps.endpoint(each.request, () => this.key(each)),
    );
    return this.#byEndpoint.get(endpoint) ?? NONE;
  }

  equal({ endpoint, fingerprint }: Pick<Key, "endpoint" | "fingerprint">): readonly Interaction[] {
    let prints = this.#byFingerprint.get(endpoint);
    if (prints === undefined) {
      prints = Map.groupBy(this.sameEndpoint(endpoint), (each) => this.key(each).fingerprint);
      this.#byFingerprint.set(endpoint, prints);
    }
    return prints.get(fingerprint) ?? NONE;
  }

  key(recording: Interaction): Key {
    let known = this.#keys.get(recording);
    if (known === undefined) {
      const normalized = this.#steps.normalize(recording.request);
      const { fingerprint, secrets } = normalized;
      known = { endpoint: endpointOf(normalized), fingerprint, secrets };
      this.#keys.set(recording, known);
    }
    return known;
  }
}
