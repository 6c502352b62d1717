import type { HeaderLines } from "../cassette/model.ts";
import { now } from "../http/real-clock.ts";
import type { ClientRoute } from "./client-route.ts";
import type { Exchange, ExchangeResponse } from "./exchange.ts";
import { sendByHttp } from "./send-http.ts";

/** A request of a client below fetch. */
export class SocketExchange implements Exchange {
  readonly seam = "socket";
  readonly sentAt = now();
  readonly stack = undefined;
  readonly #request: Request;
  readonly #route: ClientRoute | undefined;
  #body: Promise<Uint8Array | undefined> | undefined;

  /** @param route how the client is connected; `undefined` where that is not known */
  constructor(request: Request, route: ClientRoute | undefined) {
    this.#request = request;
    this.#route = route;
  }

  get method(): string {
    return this.#request.method;
  }

  get url(): string {
    return this.#request.url;
  }

  get headers(): HeaderLines {
    return [...this.#request.headers];
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  request(): Request {
    return this.#request;
  }

  body(): Promise<Uint8Array | undefined> {
    this.#body ??= this.#read();
    return this.#body;
  }

  async #read(): Promise<Uint8Array | undefined> {
    if (this.#request.body === null) return undefined;
    const bytes = new Uint8Array(await this.#request.arrayBuffer());
    // The parser gives every POST a body stream; only a length or a framing says that there was a body.
    const announced =
      this.#request.headers.has("content-length") || this.#request.headers.has("transfer-encoding");
    return bytes.length === 0 && !announced ? undefined : bytes;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    const target = { method: this.method, url: this.url, headers: this.headers, route: this.#route };
    return sendByHttp(target, await this.body(), signal);
  }
}
