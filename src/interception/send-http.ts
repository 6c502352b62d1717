import http from "node:http";
import https from "node:https";
import { URL } from "node:url";
import type { HeaderLines, TransportError } from "../cassette/model.ts";
import { hasNoBody, headerOf, pairsOf, withoutHeaders } from "../http/headers.ts";
import { chunkReader } from "./chunk-reader.ts";
import type { ClientRoute } from "./client-route.ts";
import { interceptionState } from "./context.ts";
import { type BodyReader, ConnectionFailure, type ExchangeResponse } from "./exchange.ts";
import { CLOSED_EARLY, transportError } from "./system-error.ts";

// Captured before they are replaced: msw 2 and nock 14 redirect a request on a given connection.
const { request: requestHttp } = http;
const { request: requestHttps } = https;

const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "trailer",
  "transfer-encoding",
  "content-length",
  "expect",
  "accept-encoding",
];

/**
 * Sends a request to the provider with `node:http`, which shows the bytes as they are on the wire, still in their
 * `content-encoding`, as clients below fetch see them.
 */
export async function sendByHttp(
  target: { method: string; url: string; headers: HeaderLines; route: ClientRoute | undefined },
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<ExchangeResponse> {
  const { method, route } = target;
  const url = new URL(target.url);
  const headers: string[] = [];
  for (const [name, value] of withoutHeaders(target.headers, HOP_BY_HOP)) headers.push(name, value);
  // Sends the client's `connection` header: providers answer `connection: close` with a close.
  const connection = headerOf(target.headers, "connection") ?? "keep-alive";
  headers.push("accept-encoding", "identity", "connection", connection);
  if (!target.headers.some(([name]) => name.toLowerCase() === "host")) headers.push("host", url.host);
  if (body !== undefined) headers.push("content-length", String(body.length));

  // A head that is too long for the client is refused by the client itself.
  const options = { method, headers, signal, maxHeaderSize: 2 ** 20 };
  const socket = await route?.connect();
  return new Promise((resolve, reject) => {
    const request = interceptionState().own.run({ kind: "upstream" }, () => {
      if (route === undefined || socket === undefined) {
        return (url.protocol === "https:" ? requestHttps : requestHttp)(url, { ...options, agent: false });
      }
      const path = route.leadsToProxy(url) ? url.href : url.pathname + url.search;
      const upstream = requestHttp({ ...options, path, createConnection: () => socket });
      // The route decides what happens to the connection.
      upstream.shouldKeepAlive = true;
      return upstream.on("close", () => route.release(socket));
    });
    // By default, Node drops header lines after the first thousand.
    request.maxHeadersCount = 0;
    request.on("response", (response) => {
      resolve({
        status: response.statusCode as number,
        statusText: response.statusMessage ?? "",
        headers: pairsOf(response.rawHeaders),
        body:
          method === "HEAD" || hasNoBody(response.statusCode as number)
            ? drained(response)
            : reading(response),
        decoded: false,
        trailers: () => pairsOf(response.rawTrailers),
      });
    });
    request.on("error", (error) => reject(new ConnectionFailure(failureOf(error), error)));
    request.end(body);
  });
}

function drained(response: http.IncomingMessage): undefined {
  response.resume();
  return undefined;
}

function reading(response: http.IncomingMessage): BodyReader {
  let wire: Error | undefined;
  const { reader, settle } = chunkReader(response, () => response.destroy());
  response.socket?.once("error", (error) => {
    wire = error;
  });
  response.on("end", () => settle());
  response.on("error", (error) => settle(new ConnectionFailure(failureOf(wire ?? error), error)));
  response.on("close", () => settle(response.complete ? undefined : new ConnectionFailure(failureOf(wire))));
  return reader;
}

/**
 * Distinguishes an early close from a reset. Node gives both the same code before a response, and the same message
 * after it.
 */
function failureOf(error: Error | undefined): TransportError {
  if (error === undefined || error.message === "aborted" || error.message === "socket hang up") {
    return { code: CLOSED_EARLY, message: "other side closed" };
  }
  return transportError(error);
}
