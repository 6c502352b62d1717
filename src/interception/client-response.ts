import { constructible, type ResponseStatus, withStatus } from "./any-status.ts";
import { bodyStream } from "./body-stream.ts";
import { decompressed } from "./decompress.ts";
import type { ConnectionFailure, ExchangeResponse } from "./exchange.ts";
import { hasNoBody } from "./headers.ts";
import { systemError } from "./system-error.ts";

/** A `Response` that says where it came from, as one from the network does and a constructed one does not. */
class ArrivedResponse extends Response {
  #url = "";

  static from(body: BodyInit | null, head: ResponseStatus & ResponseInit, url: string): ArrivedResponse {
    const response = new ArrivedResponse(body, { ...head, ...constructible(head) });
    response.#url = url;
    return withStatus(response, head);
  }

  override get url(): string {
    return this.#url;
  }

  override get type(): ResponseType {
    return "basic";
  }

  override clone(): Response {
    const copy = super.clone();
    Object.setPrototypeOf(copy, ArrivedResponse.prototype);
    const { status, statusText } = this;
    return Object.defineProperties(withStatus(copy, { status, statusText }), {
      url: { value: this.#url, configurable: true },
      type: { value: "basic", configurable: true },
    });
  }
}

/**
 * What a caller of `fetch` gets: the body decoded, as fetch does it.
 *
 * @param signal that of the caller; `undefined` where there is none
 */
export function fetchResponse(
  response: ExchangeResponse,
  request: Request,
  signal: AbortSignal | undefined,
): Response {
  const { status, statusText, headers } = response;
  const bodyless = response.body === undefined || hasNoBody(status) || request.method === "HEAD";
  const body = response.decoded ? response.body : response.body && decompressed(response.body, headers);
  const [url = ""] = request.url.split("#", 1);
  return ArrivedResponse.from(
    bodyless || body === undefined ? null : bodyStream(body, signal),
    { status, statusText, headers: headers as [string, string][] },
    url,
  );
}

/** What Node's fetch rejects with where no response came. */
export function fetchFailed(failure: ConnectionFailure): unknown {
  return failure.original ?? new TypeError("fetch failed", { cause: systemError(failure) });
}
