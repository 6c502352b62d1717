import { Buffer } from "node:buffer";
import type { Interaction, RecordedRequest } from "../cassette/model.ts";
import { STAND_IN_KEY } from "../cassette/stand-in-key.ts";
import type { Found, RecordingIndex } from "./recording-index.ts";
import { NO_SECRETS, type Secrets } from "./secrets.ts";

/**
 * Tells requests apart that differ only in their secrets. A tape has no secrets, only numbered placeholders, and
 * another machine has other keys; so the first time a live secret meets a placeholder, the two are bound. From
 * then on this secret never matches another placeholder, and this placeholder no other secret. A run with two
 * users' tokens thus needs two users' recordings, with any tokens.
 */
export class SecretBindings {
  readonly #index: RecordingIndex;
  readonly #recordedOf = new Map<string, string>();
  readonly #liveOf = new Map<string, string>();
  /** The index returns the same list for the same request: looking through it once is enough. */
  readonly #holders = new WeakMap<readonly Interaction[], boolean>();

  constructor(index: RecordingIndex) {
    this.#index = index;
  }

  /**
   * Returns the placeholders in a live request, if any recording of it has some.
   *
   * @param redacted - returns the live request as it would be written to the tape
   */
  secretsOf(live: RecordedRequest, { recordings }: Found, redacted: () => RecordedRequest): Secrets {
    if (!this.#haveSecrets(recordings) || holdsStandIn(live)) return NO_SECRETS;
    return this.#index.liveSecrets(redacted());
  }

  /** Removes the recordings that have other secrets than the live request. */
  filter(found: Found, live: Secrets): Found {
    if (live.size === 0) return found;
    const conflicts = found.recordings.map((recording) => ({
      recording,
      paths: this.#conflicts(live, this.#index.secretsOf(recording)),
    }));
    const recordings = conflicts.filter(({ paths }) => paths.length === 0).map(({ recording }) => recording);
    if (recordings.length === found.recordings.length) return found;
    return { ...found, recordings, otherSecret: recordings.length === 0 ? conflicts.at(-1) : undefined };
  }

  /** Binds the secrets of a live request to those of the recording that answers it. */
  bind(live: Secrets, recording: Interaction): void {
    if (live.size === 0) return;
    const recorded = this.#index.secretsOf(recording);
    for (const [path, secret] of live) {
      const placeholder = recorded.get(path);
      if (placeholder === undefined || this.#recordedOf.has(secret) || this.#liveOf.has(placeholder))
        continue;
      this.#recordedOf.set(secret, placeholder);
      this.#liveOf.set(placeholder, secret);
    }
  }

  clear(): void {
    this.#recordedOf.clear();
    this.#liveOf.clear();
  }

  #haveSecrets(recordings: readonly Interaction[]): boolean {
    let have = this.#holders.get(recordings);
    if (have === undefined) {
      have = recordings.some((each) => this.#index.secretsOf(each).size > 0);
      this.#holders.set(recordings, have);
    }
    return have;
  }

  /** The paths at which the live request has another secret than the recording. */
  #conflicts(live: Secrets, recorded: Secrets): readonly string[] {
    const recordedOf = new Map<string, string>();
    const liveOf = new Map<string, string>();
    const conflicts: string[] = [];
    for (const [path, secret] of live) {
      const placeholder = recorded.get(path);
      if (placeholder === undefined) continue;
      const bound = this.#recordedOf.get(secret) ?? recordedOf.get(secret) ?? placeholder;
      const owner = this.#liveOf.get(placeholder) ?? liveOf.get(placeholder) ?? secret;
      if (bound !== placeholder || owner !== secret) conflicts.push(path);
      recordedOf.set(secret, bound);
      liveOf.set(placeholder, owner);
    }
    return conflicts;
  }
}

/** In replay, several providers' keys may be the same stand-in. */
function holdsStandIn({ url, body }: RecordedRequest): boolean {
  if (url.includes(STAND_IN_KEY)) return true;
  return (
    body !== undefined && Buffer.from(body.buffer, body.byteOffset, body.byteLength).includes(STAND_IN_KEY)
  );
}
