import type { Buffer } from "node:buffer";
import { randomBytes } from "node:crypto";
import http from "node:http";
import http2, { type ServerHttp2Stream } from "node:http2";
import net from "node:net";
import { workerWide } from "../worker-wide.ts";

/** Serves one connection from its first byte. */
export type ServeConnection = (socket: net.Socket) => void;

/** Serves the requests under one path. `path` is what follows it. */
export interface ServeRequests {
  http1(request: http.IncomingMessage, response: http.ServerResponse, path: string): void;
  http2(stream: ServerHttp2Stream, raw: readonly string[], path: string): void;
}

/** The loopback server of this worker. Whoever has a token can use it, so no other process can. */
export interface HubServer {
  readonly port: number;
  /** By a token with which a connection begins. Each token is used once. */
  readonly connections: Map<string, ServeConnection>;
  /** By a token with which the path of a request begins. */
  readonly requests: Map<string, ServeRequests>;
}

const TOKEN_BYTES = 16;
const TOKEN_LENGTH = TOKEN_BYTES * 2;

export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString("hex");
}

/** Returns the server of this worker. It starts on the first call, and never keeps the process alive. */
export function hubServer(): HubServer {
  return workerWide("hub", start);
}

function start(): HubServer {
  const connections: HubServer["connections"] = new Map();
  const requests: HubServer["requests"] = new Map();
  const find = (
    url: string | undefined,
  ): { readonly serve: ServeRequests; readonly path: string } | undefined => {
    const [, token = "", path = ""] = /^\/([^/]*)\/(.*)$/.exec(url ?? "") ?? [];
    const serve = requests.get(token);
    return serve && { serve, path };
  };
  const ofHttp1 = http.createServer((request, response) => {
    const found = find(request.url);
    if (found === undefined) response.writeHead(404).end();
    else found.serve.http1(request, response, found.path);
  });
  const ofHttp2 = http2.createServer();
  ofHttp2.on("stream", (stream: ServerHttp2Stream, headers, _flags: number, raw: string[]) => {
    // How a stream fails is of interest to its client only.
    stream.on("error", () => undefined);
    const found = find(headers[":path"]);
    if (found === undefined) stream.respond({ ":status": 404 }, { endStream: true });
    else found.serve.http2(stream, raw, found.path);
  });
  ofHttp2.on("sessionError", () => undefined);

  function greet(socket: net.Socket): void {
    socket.unref();
    socket.on("error", () => undefined);
    const readToken = (): void => {
      const bytes = socket.read(TOKEN_LENGTH) as Buffer | null;
      if (bytes === null) return;
      socket.off("readable", readToken);
      const first = bytes.toString("latin1");
      const serve = connections.get(first);
      connections.delete(first);
      if (serve !== undefined) {
        serve(socket);
        return;
      }
      const server = first.startsWith("PRI * HTTP/2.0\r\n") ? ofHttp2 : ofHttp1;
      socket.unshift(bytes);
      server.emit("connection", socket);
    };
    socket.on("readable", readToken);
  }

  const server = listening(greet);
  return { port: (server.address() as net.AddressInfo).port, connections, requests };
}

/**
 * Starts a server that listens when this returns: clients need a socket that connects at once. `listen` with a host
 * looks the host up first, which takes a turn of the event loop.
 */
function listening(onConnection: (socket: net.Socket) => void): net.Server {
  const { _createServerHandle: create } = net as unknown as {
    _createServerHandle(address: string, port: number, family: 4): number | object;
  };
  const handle = create("127.0.0.1", 0, 4);
  if (typeof handle === "number") {
    throw new Error(`Failed to start the server of this worker: the system refused a port (${handle}).`);
  }
  const server = net.createServer(onConnection);
  server.listen(handle);
  return server.unref();
}
