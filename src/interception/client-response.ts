import { hasNoBody, headerOf } from "../http/headers.ts";
import { arrivedResponse } from "./arrived-response.ts";
import { bodyStream } from "./body-stream.ts";
import { decompressed } from "./decompress.ts";
import type { ConnectionFailure, ExchangeResponse } from "./exchange.ts";
import { systemError } from "./system-error.ts";

/**
 * Makes the response for a caller of `fetch`, with a decoded body.
 *
 * @param signal the caller's; `undefined` if there is none
 */
export function fetchResponse(
  response: ExchangeResponse,
  request: Request,
  signal: AbortSignal | undefined,
): Response {
  const { status, statusText, headers } = response;
  const bodyless = response.body === undefined || hasNoBody(status) || request.method === "HEAD";
  const isEncoded = !response.decoded && headerOf(headers, "content-encoding") !== undefined;
  const body = isEncoded && response.body ? decompressed(response.body, headers) : response.body;
  const [url = ""] = request.url.split("#", 1);
  return arrivedResponse(
    bodyless || body === undefined ? null : bodyStream(body, signal),
    { status, statusText, headers },
    url,
  );
}

/** Makes the error with which Node's fetch rejects if no response arrived. */
export function fetchFailed(failure: ConnectionFailure): unknown {
  return failure.original ?? new TypeError("fetch failed", { cause: systemError(failure) });
}
