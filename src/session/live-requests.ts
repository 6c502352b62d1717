import type { RecordedRequest } from "../cassette/model.ts";

const originals = new WeakMap<RecordedRequest, RecordedRequest>();

/** Returns a request of {@link LiveRequests} as it was sent, with its secrets: to compare it, never to print it. */
export function asSent(request: RecordedRequest): RecordedRequest {
  return originals.get(request) ?? request;
}

interface Pending {
  readonly live: RecordedRequest;
  redacted?: RecordedRequest;
  /** Why it could not be redacted. */
  error?: unknown;
}

/**
 * The live requests of one test, without secrets. Redacting a request takes time, so each one is redacted when the list is
 * first read.
 */
export class LiveRequests {
  readonly #redact: (request: RecordedRequest) => RecordedRequest;
  readonly #redacted: RecordedRequest[] = [];
  readonly #pending: Pending[] = [];
  /** Those that could not be redacted, until somebody gets the error. */
  readonly #failed = new Set<Pending>();
  /** How many were added. Reading the list would redact them. */
  count = 0;
  /** Always up to date, even if it was taken before the requests were sent. */
  readonly list: readonly RecordedRequest[];

  constructor(redact: (request: RecordedRequest) => RecordedRequest) {
    this.#redact = redact;
    const upToDate = (): RecordedRequest[] => {
      this.#redactPending();
      for (const failed of this.#failed) this.#throw(failed);
      return this.#redacted;
    };
    this.list = new Proxy(this.#redacted, {
      get: (_, key) => Reflect.get(upToDate(), key),
      has: (_, key) => Reflect.has(upToDate(), key),
      ownKeys: () => Reflect.ownKeys(upToDate()),
      getOwnPropertyDescriptor: (_, key) => Reflect.getOwnPropertyDescriptor(upToDate(), key),
    });
  }

  /** Adds a request, and returns a function that returns it without secrets. */
  add(live: RecordedRequest): () => RecordedRequest {
    const pending: Pending = { live };
    this.count++;
    this.#pending.push(pending);
    return () => {
      this.#redactPending();
      return pending.redacted ?? this.#throw(pending);
    };
  }

  /** Secrets are numbered as they are found, so requests are redacted in the order in which they were sent. */
  #redactPending(): void {
    for (const pending of this.#pending.splice(0)) {
      try {
        pending.redacted = this.#redact(pending.live);
        originals.set(pending.redacted, pending.live);
        this.#redacted.push(pending.redacted);
      } catch (error) {
        pending.error = error;
        this.#failed.add(pending);
      }
    }
  }

  #throw(failed: Pending): never {
    this.#failed.delete(failed);
    throw failed.error;
  }
}
