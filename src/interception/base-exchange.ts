import type { HeaderLines } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import type { Exchange, ExchangeResponse } from "./exchange.ts";

/**
 * Keeps each request alive as long as its signal. A `Request` follows the caller's signal only while it is alive:
 * without this, a garbage collection during a long stream would lose the abort.
 */
const requestsOfSignals = new WeakMap<AbortSignal, Request>();

/** A live request, read from its `Request`. Each seam says how to read the body and how to send it upstream. */
export abstract class BaseExchange implements Exchange {
  abstract readonly seam: Exchange["seam"];
  readonly sentAt = now();
  readonly method: string;
  readonly url: string;
  readonly #request: Request;
  #headers: HeaderLines | undefined;
  #body: Promise<Uint8Array | undefined> | undefined;

  constructor(request: Request) {
    this.#request = request;
    this.method = request.method;
    this.url = request.url;
  }

  abstract get stack(): string | undefined;
  abstract send(signal: AbortSignal): Promise<ExchangeResponse>;
  protected abstract readBody(): Promise<Uint8Array | undefined>;

  get headers(): HeaderLines {
    this.#headers ??= [...this.#request.headers];
    return this.#headers;
  }

  get signal(): AbortSignal {
    const { signal } = this.#request;
    requestsOfSignals.set(signal, this.#request);
    return signal;
  }

  request(): Request {
    return this.#request;
  }

  body(): Promise<Uint8Array | undefined> {
    this.#body ??= this.readBody();
    return this.#body;
  }
}
