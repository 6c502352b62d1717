import type { RecordedRequest } from "../cassette/model.ts";

const originals = new WeakMap<RecordedRequest, RecordedRequest>();

/** Returns a request of {@link LiveRequests} as it was sent, with its secrets: to compare it, never to print it. */
export function asSent(request: RecordedRequest): RecordedRequest {
  return originals.get(request) ?? request;
}

/**
 * The live requests of one test, without secrets. Redacting a request takes time, so each one is redacted when the list is
 * first read.
 */
export class LiveRequests {
  readonly #redact: (request: RecordedRequest) => RecordedRequest;
  readonly #redacted: RecordedRequest[] = [];
  readonly #pending: (() => RecordedRequest)[] = [];
  /** How many were added. Reading the list would redact them. */
  count = 0;
  /** Always up to date, even if it was taken before the requests were sent. */
  readonly list: readonly RecordedRequest[];

  constructor(redact: (request: RecordedRequest) => RecordedRequest) {
    this.#redact = redact;
    const upToDate = (): RecordedRequest[] => {
      this.#redactPending();
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
    let redacted: RecordedRequest | undefined;
    this.count++;
    this.#pending.push(() => {
      redacted = this.#redact(live);
      originals.set(redacted, live);
      return redacted;
    });
    return () => {
      this.#redactPending();
      return redacted as RecordedRequest;
    };
  }

  /** Secrets are numbered as they are found, so requests are redacted in the order in which they were sent. */
  #redactPending(): void {
    for (const request of this.#pending.splice(0)) this.#redacted.push(request());
  }
}
