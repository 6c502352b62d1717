import http from "node:http";
import https from "node:https";
import type { HeaderLines, TransportError } from "../cassette/model.ts";
import { interceptionState } from "./context.ts";
import { type BodyReader, ConnectionFailure, type ExchangeResponse } from "./exchange.ts";
import { hasNoBody, headerOf, pairsOf, withoutHeaders } from "./headers.ts";
import { CLOSED_EARLY } from "./system-error.ts";

/** What the client's own connection was made with that decides whom it trusts and who it says it is. */
export interface TlsIdentity {
  readonly ca?: unknown;
  readonly cert?: unknown;
  readonly key?: unknown;
  readonly pfx?: unknown;
  readonly passphrase?: unknown;
  readonly servername?: unknown;
  readonly rejectUnauthorized?: unknown;
  readonly checkServerIdentity?: unknown;
  readonly secureContext?: unknown;
}

const HOP_BY_HOP = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "content-length",
  "expect",
  "accept-encoding",
];

/**
 * Sends a request upstream by `node:http`, which shows the bytes as they are on the wire, still in their
 * `content-encoding`: clients below fetch see those.
 */
export function sendByHttp(
  target: { method: string; url: string; headers: HeaderLines; tls: TlsIdentity },
  body: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<ExchangeResponse> {
  const { method, url } = target;
  const secure = url.startsWith("https:");
  const headers: string[] = [];
  for (const [name, value] of withoutHeaders(target.headers, HOP_BY_HOP)) headers.push(name, value);
  // One connection a request, as an idle one may be closed just when it is reused; but asked for as the
  // client asks, since providers answer `connection: close` with a close.
  const connection = headerOf(target.headers, "connection") ?? "keep-alive";
  headers.push("accept-encoding", "identity", "connection", connection);
  if (!target.headers.some(([name]) => name.toLowerCase() === "host"))
    headers.push("host", new URL(url).host);
  if (body !== undefined) headers.push("content-length", String(body.length));

  return new Promise((resolve, reject) => {
    const options = { method, headers, signal, agent: false as const, ...(secure ? target.tls : {}) };
    const request = interceptionState().own.run({ kind: "upstream" }, () =>
      (secure ? https : http).request(url, options as https.RequestOptions),
    );
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
      });
    });
    request.on("error", (error) => reject(new ConnectionFailure(transportError(error), error)));
    request.end(body);
  });
}

function drained(response: http.IncomingMessage): undefined {
  response.resume();
  return undefined;
}

function reading(response: http.IncomingMessage): BodyReader {
  // 'readable' with read() would join what has arrived meanwhile: take 'data' events one by one.
  const chunks: Uint8Array[] = [];
  let end: { error?: ConnectionFailure } | undefined;
  let wake: (() => void) | undefined;
  let wire: NodeJS.ErrnoException | undefined;
  const settle = (error?: ConnectionFailure): void => {
    end ??= error === undefined ? {} : { error };
    wake?.();
  };
  response.socket?.once("error", (error) => {
    wire = error;
  });
  response.on("data", (chunk: Uint8Array) => {
    chunks.push(chunk);
    response.pause();
    wake?.();
  });
  response.on("end", () => settle());
  response.on("error", (error) => settle(new ConnectionFailure(transportError(wire ?? error), error)));
  response.on("close", () =>
    settle(response.complete ? undefined : new ConnectionFailure(transportError(wire))),
  );
  response.pause();
  return {
    async read() {
      for (;;) {
        const chunk = chunks.shift();
        if (chunk !== undefined) return chunk;
        if (end?.error) throw end.error;
        if (end) return undefined;
        await new Promise<void>((resolve) => {
          wake = resolve;
          response.resume();
        });
        wake = undefined;
      }
    },
    cancel() {
      response.destroy();
    },
  };
}

/**
 * A connection that was closed too early is told from a reset. Node gives both the same code, before there is a
 * response, and the same message after it.
 */
function transportError(error: NodeJS.ErrnoException | undefined): TransportError {
  if (error === undefined || error.message === "aborted" || error.message === "socket hang up") {
    return { code: CLOSED_EARLY, message: "other side closed" };
  }
  return { message: error.message, ...(error.code === undefined ? {} : { code: error.code }) };
}
