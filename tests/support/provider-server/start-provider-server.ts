import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from "node:http";
import {
  createServer as createHttp2Server,
  createSecureServer as createSecureHttp2Server,
  type Http2ServerRequest,
  type Http2ServerResponse,
} from "node:http2";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo, Server as NetServer, Socket } from "node:net";
import type { WireRequest } from "./answer.ts";
import { type ReceivedRequest, receiptOf, receiveBody } from "./received-request.ts";
import { answerOf, wireOf } from "./route.ts";
import { parseScript, type Script } from "./script.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";
import { sendAnswer } from "./send-answer.ts";

export interface ProviderServerOptions {
  /** Port on 127.0.0.1. @defaultValue `0`: any free one */
  readonly port?: number;
  /** Serves https with a certificate made at the start. @defaultValue `false` */
  readonly tls?: boolean;
  /** Speaks HTTP/2; with `tls` HTTP/1.1 too, unless it is `"only"`. @defaultValue `false` */
  readonly http2?: boolean | "only";
  /** A script for every request, or a function that gives one for each. */
  readonly script?: Script | ((request: ReceivedRequest, nth: number) => Script | undefined);
}

export interface ProviderServer extends AsyncDisposable {
  /** Origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Every request so far, in order of arrival. */
  readonly requests: readonly ReceivedRequest[];
  /** TCP connections open now. */
  readonly openConnections: number;
  /** TCP connections accepted so far. */
  readonly acceptedConnections: number;
  /** PEM certificate to trust, with `tls`. */
  readonly certificate: string | undefined;
  /** Ends every connection and resolves when the port is free. Any number of calls. */
  close(): Promise<void>;
}

/** Starts a server on 127.0.0.1 that speaks the providers' wire formats. README.md lists them and the script. */
export async function startProviderServer(options: ProviderServerOptions = {}): Promise<ProviderServer> {
  const requests: ReceivedRequest[] = [];
  const connections = new Map<number, Socket>();
  const closing = new AbortController();
  let accepted = 0;
  const pair = options.tls === true ? selfSignedCertificate() : undefined;
  let url = "";

  const listener: RequestListener = (message, response) => {
    const socket = connections.get(message.socket.remotePort ?? 0);
    if (socket === undefined) return;
    respond(message, response, socket).catch((error: unknown) => {
      // A mistake in a script or in this server: told to whoever reads the answer.
      if (response.headersSent) socket.destroy();
      else response.writeHead(500, { "content-type": "text/plain" }).end(`provider server: ${String(error)}`);
    });
  };

  async function respond(message: IncomingMessage, response: ServerResponse, socket: Socket): Promise<void> {
    const receipt = receiptOf(message);
    const nth = requests.push(receipt) - 1;
    const gone = new AbortController();
    response.on("close", () => {
      if (receipt.outcome === "open") receipt.outcome = "client-gone";
      gone.abort();
    });
    if (!(await receiveBody(message, receipt))) return;
    const given = typeof options.script === "function" ? options.script(receipt, nth) : options.script;
    const request = wireRequest(receipt, { ...given, ...ownScript(receipt) }, nth, url);
    const wire = wireOf(request);
    const signal = AbortSignal.any([gone.signal, closing.signal]);
    const answer = answerOf(wire, request);
    await sendAnswer({ answer, wire, request, response, socket, receipt, signal });
  }

  const server = createListening(options, pair && { key: pair.key, cert: pair.certificate }, listener);
  server.on("connection", (socket: Socket) => {
    accepted += 1;
    const port = socket.remotePort ?? 0;
    socket.setNoDelay(true);
    connections.set(port, socket);
    socket.on("close", () => connections.delete(port));
    socket.on("error", () => socket.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  url = `${pair === undefined ? "http" : "https"}://127.0.0.1:${port}`;

  const close = async (): Promise<void> => {
    closing.abort();
    const closed = server.listening
      ? new Promise<void>((resolve) => server.close(() => resolve()))
      : Promise.resolve();
    const sockets = [...connections.values()];
    const ended = sockets.map((socket) => new Promise((resolve) => socket.once("close", resolve).destroy()));
    await Promise.all([closed, ...ended]);
  };

  return {
    url,
    port,
    requests,
    get openConnections() {
      return connections.size;
    },
    get acceptedConnections() {
      return accepted;
    },
    certificate: pair?.certificate,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function createListening(
  { http2 = false }: ProviderServerOptions,
  secure: { readonly key: string; readonly cert: string } | undefined,
  listener: RequestListener,
): NetServer {
  if (http2 !== false) {
    // Its requests and responses have what the listener uses of those of HTTP/1.1.
    const compatible = listener as unknown as (
      request: Http2ServerRequest,
      response: Http2ServerResponse,
    ) => void;
    return secure === undefined
      ? createHttp2Server(compatible)
      : createSecureHttp2Server({ ...secure, allowHTTP1: http2 !== "only" }, compatible);
  }
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  server.keepAliveTimeout = 60_000;
  return server;
}

function ownScript(receipt: ReceivedRequest): Script {
  const header = receipt.headers["x-test-script"];
  const query = new URL(receipt.url, "http://loopback").searchParams.get("test-script");
  const json = typeof header === "string" ? header : query;
  return json === null ? {} : parseScript(json);
}

function wireRequest(receipt: ReceivedRequest, script: Script, nth: number, origin: string): WireRequest {
  const { pathname, searchParams } = new URL(receipt.url, "http://loopback");
  return {
    method: receipt.method,
    path: decodeURIComponent(pathname),
    query: searchParams,
    headers: receipt.headers,
    body: jsonOf(receipt.body),
    bytes: receipt.body,
    script,
    nth,
    origin,
  };
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
