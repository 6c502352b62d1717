import { BaseExchange } from "./base-exchange.ts";
import type { ClientRoute } from "./client-route.ts";
import type { ExchangeResponse } from "./exchange.ts";
import type { Upstream } from "./http2/upstream.ts";
import { sendByHttp } from "./send-http.ts";

/** A request of a client below fetch. */
export class SocketExchange extends BaseExchange {
  readonly seam = "socket";
  readonly #route: ClientRoute | undefined;
  readonly #upstream: Upstream | undefined;

  /**
   * @param route how the client is connected; `undefined` if unknown
   * @param upstream its server, if the two may agree on HTTP/2
   */
  constructor(request: Request, route: ClientRoute | undefined, upstream: Upstream | undefined) {
    super(request);
    this.#route = route;
    this.#upstream = upstream;
  }

  get stack(): undefined {
    return undefined;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    const { method, url, headers } = this;
    const body = await this.body();
    if (this.#upstream !== undefined) return this.#upstream.send({ method, url, headers }, body, signal);
    return sendByHttp({ method, url, headers, route: this.#route }, body, signal);
  }

  protected async readBody(): Promise<Uint8Array | undefined> {
    const request = this.request();
    if (request.body === null) return undefined;
    const bytes = new Uint8Array(await request.arrayBuffer());
    // The parser gives every POST a body stream. Only these headers show that there was a body.
    const announced = request.headers.has("content-length") || request.headers.has("transfer-encoding");
    return bytes.length === 0 && !announced ? undefined : bytes;
  }
}
