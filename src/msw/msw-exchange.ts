import { BaseExchange } from "../interception/base-exchange.ts";
import { ConnectionFailure, type ExchangeResponse } from "../interception/exchange.ts";

/** A request that msw hands to its handlers. */
export class MswExchange extends BaseExchange {
  readonly seam = "socket";
  readonly stack = undefined;

  protected override async readBody(): Promise<Uint8Array | undefined> {
    // msw gives the same request to the handlers behind this one.
    const request = this.request().clone();
    return request.body === null ? undefined : new Uint8Array(await request.arrayBuffer());
  }

  /** Never called: handlers only play. */
  override async send(): Promise<ExchangeResponse> {
    throw new ConnectionFailure({ message: "A cassette of handlers never sends." });
  }
}
