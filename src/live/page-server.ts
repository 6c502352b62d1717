import http from "node:http";
import type net from "node:net";
import { WebSocketServer } from "ws";
import type { EventHub } from "./event-hub.ts";
import { isToken } from "./event-server.ts";
import { Viewer } from "./viewer.ts";

export interface PageServerOptions {
  readonly hub: EventHub;
  readonly host: string;
  /** `0` for any free port. */
  readonly port: number;
  readonly token: string;
  /** Returns the page as HTML. */
  readonly page: () => string;
}

/** Serves the page, and the events to it. */
export interface PageServer {
  readonly port: number;
  close(): Promise<void>;
}

const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "cache-control": "no-store",
  // The address has the token.
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "content-security-policy":
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self' ws:; " +
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

/** Starts the server. Rejects with the error of the system if the port is taken. */
export async function startPageServer({
  hub,
  host,
  port,
  token,
  page,
}: PageServerOptions): Promise<PageServer> {
  const server = http.createServer((request, response) => {
    const refusal = refusalOf(request, token);
    if (refusal !== undefined) {
      response.writeHead(403, { "content-type": "text/plain" }).end(refusal);
      return;
    }
    const { pathname } = urlOf(request);
    if (pathname !== "/" || (request.method !== "GET" && request.method !== "HEAD"))
      response.writeHead(404, { "content-type": "text/plain" }).end("Not found.\n");
    else response.writeHead(200, HEADERS).end(page());
  });
  const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false, maxPayload: 1_024 });
  server.on("upgrade", (request, socket: net.Socket, head) => {
    socket.unref();
    socket.on("error", () => undefined);
    const { pathname, searchParams } = urlOf(request);
    const refusal = refusalOf(request, token);
    if (refusal !== undefined || pathname !== "/events") {
      socket.end(
        `HTTP/1.1 ${refusal === undefined ? "404 Not Found" : "403 Forbidden"}\r\nconnection: close\r\n\r\n`,
      );
      return;
    }
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const viewer = new Viewer(webSocket, searchParams.get("session") || undefined);
      webSocket.on("error", () => undefined);
      webSocket.once("close", () => hub.viewers.delete(viewer));
      hub.add(viewer);
    });
  });
  server.unref();
  server.on("connection", (socket) => socket.unref());
  await new Promise<void>((done, failed) => {
    server.once("error", failed);
    server.listen(port, host, done);
  });
  return {
    port: (server.address() as net.AddressInfo).port,
    async close() {
      const closed = new Promise((done) => server.close(done));
      server.closeAllConnections();
      for (const each of sockets.clients) each.terminate();
      await closed;
    },
  };
}

function urlOf({ url = "/" }: http.IncomingMessage): URL {
  return URL.parse(url, "http://localhost") ?? new URL("http://localhost/invalid");
}

/**
 * Returns why a request is refused; `undefined` if it is not. Any page on the internet can send requests to this machine:
 * those have no token, and a browser says where they come from.
 */
function refusalOf(request: http.IncomingMessage, token: string): string | undefined {
  const { origin, host } = request.headers;
  if (origin !== undefined && origin !== `http://${host}`)
    return "Refused: this request comes from another page.\n";
  if (!isToken(urlOf(request).searchParams.get("token"), token))
    return "Refused: the token is missing or wrong. Open the address that the run has printed.\n";
  return undefined;
}
