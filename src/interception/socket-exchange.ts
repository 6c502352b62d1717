import { BaseExchange } from "./base-exchange.ts";
import type { ClientRoute } from "./client-route.ts";
import type { ExchangeResponse } from "./exchange.ts";
import { sendByHttp } from "./send-http.ts";

/** A request of a client below fetch. */
export class SocketExchange extends BaseExchange {
  readonly seam = "socket";
  readonly #route: ClientRoute | undefined;

  /** @param route how the client is connected; `undefined` if unknown */
  constructor(request: Request, route: ClientRoute | undefined) {
    super(request);
    this.#route = route;
  }

  get stack(): undefined {
    return undefined;
  }

  async send(signal: AbortSignal): Promise<ExchangeResponse> {
    const target = { method: this.method, url: this.url, headers: this.headers, route: this.#route };
    return sendByHttp(target, await this.body(), signal);
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
